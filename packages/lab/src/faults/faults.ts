import type { FaultPlan, FaultWindow } from './fault-plan.ts'

/** Nanoseconds since the start of a recording. */
export type Clock = () => number

/**
 * The faults of one recording. Proxies ask which fault to inject and note what they injected; the recorder asks which
 * faults overlapped an operation. No fault is injected before `begin` or after `end`.
 */
export interface Faults {
  readonly plan: FaultPlan
  begin(clock: Clock): void
  end(): void
  /** Whether the recording is running. */
  running(): boolean
  /** The fault whose window is open. */
  active(): string | undefined
  /** Whether to inject the active fault now: always at the first opportunity in a window, then with this probability. */
  strikes(share: number): boolean
  /** 0 before the recording begins. */
  now: Clock
  /** Notes that a fault was in effect from `from` until now. */
  note(fault: string, from: number): void
  /** Notes a fault that is in effect from now on. The result ends it. */
  hold(fault: string): () => void
  /** The faults that were in effect at any time from `from` to `to`, sorted by name. */
  during(from: number, to: number): string[]
}

interface FaultEvent {
  readonly fault: string
  readonly from: number
  to: number
}

/** Operations take a few seconds at most, so older events cannot overlap an operation that is still to be recorded. */
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
    hold(fault) {
      const event: FaultEvent = { fault, from: now(), to: Number.POSITIVE_INFINITY }
      events.push(event)
      return () => {
        event.to = now()
      }
    },
    during(from, to) {
      const met = events.filter((event) => event.from <= to && event.to >= from)
      return [...new Set(met.map(({ fault }) => fault))].sort()
    },
  }
}
