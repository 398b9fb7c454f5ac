import type { FaultPlan, FaultWindow } from './fault-plan.ts'

/** Nanoseconds since a recording began. */
export type Clock = () => number

/**
 * The faults of one recording: which may strike now, and which did when. Proxies ask and note; the recorder asks which
 * met an operation. Before `begin` and after `end` nothing strikes.
 */
export interface Faults {
  readonly plan: FaultPlan
  begin(clock: Clock): void
  end(): void
  /** Whether the recording is under way. */
  running(): boolean
  /** The fault whose window is open. */
  active(): string | undefined
  /** Whether the fault that is active strikes now: always at its first chance in a window, then with this chance. */
  strikes(share: number): boolean
  /** Nanoseconds since the recording began; 0 before. */
  now: Clock
  /** Notes that a fault was at work from `from` until now. */
  note(fault: string, from: number): void
  /** The faults that were at work at some time from `from` to `to`, in order of name. */
  during(from: number, to: number): string[]
}

interface FaultEvent {
  readonly fault: string
  readonly from: number
  readonly to: number
}

/** Operations take at most some seconds, so what is older than this meets none that is still to be recorded. */
const KEPT_NS = 60e9

export function openFaults(plan: FaultPlan): Faults {
  let clock: Clock | undefined
  let running = false
  let events: FaultEvent[] = []
  let dropAt = KEPT_NS
  let struck: FaultWindow | undefined
  const now = () => clock?.() ?? 0
  const window = () => (running ? plan.at(now() / 1e6) : undefined)
  return {
    plan,
    begin(given) {
      clock = given
      running = true
    },
    end() {
      running = false
    },
    running: () => running,
    active: () => window()?.fault,
    strikes(share) {
      const open = window()
      const first = open !== struck
      struck = open
      return open !== undefined && (first || plan.stream.fraction() < share)
    },
    now,
    note(fault, from) {
      const to = now()
      events.push({ fault, from, to })
      if (to < dropAt) return
      events = events.filter((event) => event.to > to - KEPT_NS)
      dropAt = to + KEPT_NS
    },
    during(from, to) {
      const met = events.filter((event) => event.from <= to && event.to >= from)
      return [...new Set(met.map(({ fault }) => fault))].sort()
    },
  }
}
