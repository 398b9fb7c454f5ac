import { startEngine } from '../../src/load/generator/engine.ts'
import { createGuidedWarmUp } from '../../src/load/generator/guided-warm-up.ts'
import { createRecorder } from '../../src/load/generator/recorder.ts'
import { createWarmUp } from '../../src/load/generator/warm-up.ts'
import type { Outcome } from '../../src/load/http/outcome.ts'
import {
  durationOf,
  openSchedule,
  openWarmUpSchedule,
  type Step,
} from '../../src/load/schedule/schedule.ts'
import { countOf, type Share, WHOLE } from '../../src/load/schedule/share.ts'
import { completeSpec, hasSessions, type LoadSpec } from '../../src/results/load-spec.ts'
import { virtualService, virtualTime } from './virtual-time.ts'

export interface VirtualService {
  /** Microseconds that an operation takes when it is sent at `now`. */
  readonly serviceTime: (now: number, step: Step) => number
  /** How late an alarm for a time rings: a generator without CPU time. */
  readonly lateBy?: (at: number) => number
  readonly outcomeOf?: (step: Step) => Outcome
  /** When the user interrupts, microseconds. */
  readonly stopAt?: number
  /** Prepared carts by slot; `cart 0`, `cart 1`, ... when left out. */
  readonly carts?: readonly (string | null)[]
  /** When the run learns that its measured time begins `at`, as one of several generators; microseconds. */
  readonly agreed?: { readonly at: number; readonly told: number }
  /** The part of the load that is run. */
  readonly share?: Share
}

export type VirtualRun = ReturnType<typeof virtualRun>

/** Runs a load in virtual time; without a warm-up unless there is a `warmup_s`. */
export function virtualRun(wanted: Partial<LoadSpec>, service: VirtualService) {
  const spec = completeSpec({ warmup_s: 0, mix: 'read-heavy', carts: 50, ...wanted })
  const time = virtualTime(service.lateBy)
  const { serviceTime, outcomeOf, agreed, share = WHOLE } = service
  const connections = countOf(spec.connections, share)
  const { transport, sent } = virtualService(time, connections, serviceTime, outcomeOf)
  const duration = spec.operations === null ? durationOf(spec) : Number.POSITIVE_INFINITY
  const longest = spec.warmup_s * 1e6
  const before = openWarmUpSchedule(spec, share)
  const guided = agreed === undefined ? null : createGuidedWarmUp(before, longest, () => {})
  const warmUp = guided ?? (longest > 0 ? createWarmUp(before, longest) : null)
  const slots = Math.max(spec.carts, 2 * spec.shoppers)
  const recorder = createRecorder(true)
  let measuredFrom: number | null = null
  const engine = startEngine({
    warmUp,
    schedule: openSchedule(spec, share),
    onMeasure(now) {
      measuredFrom = now
      recorder.measure(now, now + duration)
    },
    transport,
    clock: time.clock,
    recorder: {
      record(ended) {
        if (ended.part === 'warm-up') warmUp?.record(ended)
        recorder.record(ended)
      },
      recordLag: recorder.recordLag,
    },
    loop: spec.loop,
    sessions: hasSessions(spec),
    carts: service.carts ?? Array.from({ length: slots }, (_, slot) => `cart ${slot}`),
    duration,
    grace: spec.timeout_ms * 1000,
  })
  if (agreed !== undefined) time.later(agreed.told, () => guided?.measureAt(agreed.at))
  if (service.stopAt !== undefined) time.later(service.stopAt, engine.stop)
  time.run()
  const outcomes: Record<string, number> = {}
  for (const tally of Object.values(recorder.tallies))
    for (const { kind, count } of tally.outcomes.values())
      outcomes[kind] = (outcomes[kind] ?? 0) + count
  return { spec, sent, recorder, outcomes, measuredFrom, warmUp: warmUp?.report() ?? null }
}
