import type { Outcome } from '../http/outcome.ts'
import type { Transport } from '../http/transport.ts'
import type { Step } from '../schedule/schedule.ts'
import type { Clock } from './clock.ts'
import { type CourseOptions, openCourse } from './course.ts'
import type { LatencyRecorder } from './recorder.ts'
import { createSlots } from './slots.ts'

export interface EngineOptions extends CourseOptions {
  readonly transport: Pick<Transport, 'free' | 'send'>
  readonly clock: Clock
  readonly recorder: Pick<LatencyRecorder, 'record' | 'recordLag'>
  /** Whether the operations on a slot are sequential. */
  readonly sessions: boolean
  /** Ids of the prepared carts by slot; `null` where there is none. */
  readonly carts: readonly (string | null)[]
  /** How long after the last intended start waiting steps are still sent, microseconds. */
  readonly grace: number
}

export interface Engine {
  /** Resolves when all steps have ended. */
  readonly finished: Promise<void>
  /** Sends nothing more. Steps in flight are recorded as interrupted, due steps as unsent. */
  stop(): void
}

/** How often a closed loop, which has no intended times, measures its lag. */
const PROBE_US = 20_000

/**
 * Executes a warm-up and then a schedule, without a pause in between. In the open loop a step is sent at its intended
 * start, or as soon as a connection is free. In the closed loop each connection takes the next step when its previous
 * one has ended.
 *
 * Waiting for a connection, or for the shopper's previous operation, is caused by the service and part of the response
 * time only. The rest of the time between the moment at which a step could have been sent and its send is the lag.
 */
export function startEngine(options: EngineOptions): Engine {
  const { transport, clock, recorder, loop, grace } = options
  const course = openCourse(options, clock)
  const slots = createSlots(options.carts, options.sessions)
  const inFlight = new Set<{ step: Step; at: number; sentAt: number }>()
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  let stopped = false
  /** When a connection last became free while none was. */
  let freeSince = 0
  let lastIntended = 0

  function takeDue(now: number): Step | undefined {
    const step = stopped ? undefined : course.take(now)
    if (step !== undefined) lastIntended = step.at
    return step
  }

  function dispatch(): void {
    if (!stopped) course.look()
    while (transport.free() > 0) {
      const now = clock.now()
      const resumed = slots.resume()
      if (resumed !== undefined) {
        begin(resumed.step, Math.max(resumed.since, freeSince))
        continue
      }
      const step = takeDue(now)
      if (step === undefined) break
      if (slots.park(step)) continue
      begin(step, Math.max(step.at, freeSince))
    }
    arm()
  }

  function begin(step: Step, since: number): void {
    const sentAt = clock.now()
    const intended = loop === 'closed' ? sentAt : step.at
    const cartId = slots.begin(step)
    if (cartId === undefined) {
      slots.end(step, undefined, sentAt)
      record(step, { kind: 'no_cart', name: 'no_cart' }, intended, null, sentAt)
      return
    }
    if (loop === 'open') recorder.recordLag(step.at, sentAt - since)
    const sent = { step, at: intended, sentAt }
    inFlight.add(sent)
    transport.send(step, cartId, (outcome) => {
      if (!inFlight.delete(sent)) return
      const now = clock.now()
      if (transport.free() === 1) freeSince = now
      slots.end(step, outcome, now)
      record(step, outcome, intended, sentAt, now)
      dispatch()
    })
  }

  function record(
    { part, operation }: Step,
    outcome: Outcome,
    at: number,
    sentAt: number | null,
    endedAt: number,
  ): void {
    recorder.record({ part, operation, outcome, at, sentAt, endedAt })
  }

  function arm(): void {
    if (isOver()) {
      finish()
      return
    }
    if (loop === 'closed' && !course.isExhausted()) {
      probe()
      return
    }
    const stepAt = transport.free() > 0 ? course.dueAt() : Number.POSITIVE_INFINITY
    const wakeAt = stopped ? Number.POSITIVE_INFINITY : Math.min(stepAt, course.lookAt())
    if (Number.isFinite(wakeAt)) clock.wakeAt(wakeAt, dispatch)
    else if (Number.isFinite(lastChance())) clock.wakeAt(lastChance(), giveUp)
  }

  /** When steps that still wait are given up; infinite while only responses are awaited. */
  function lastChance(): number {
    if (course.isExhausted() && slots.isWaiting()) return lastIntended + grace
    if (loop === 'open' && transport.free() === 0) return course.endsAt() + grace
    return Number.POSITIVE_INFINITY
  }

  function isOver(): boolean {
    return (stopped || course.isExhausted()) && inFlight.size === 0 && !slots.isWaiting()
  }

  let probing = false
  function probe(): void {
    if (probing) return
    probing = true
    const planned = clock.now() + PROBE_US
    clock.wakeAt(planned, () => {
      probing = false
      recorder.recordLag(planned, clock.now() - planned)
      dispatch()
    })
  }

  /** Records the steps that will not be sent, with the time that they have waited. */
  function giveUp(): void {
    const now = clock.now()
    const unsent = { kind: 'unsent', name: 'unsent' } as const
    for (const step of slots.abandon()) record(step, unsent, step.at, null, now)
    for (
      let step = takeDue(now);
      step !== undefined;
      step = loop === 'open' ? takeDue(now) : undefined
    )
      record(step, unsent, step.at, null, now)
    stopped = true
    if (isOver()) finish()
  }

  function stop(): void {
    if (stopped) return
    const now = clock.now()
    for (const { step, at, sentAt } of inFlight)
      record(step, { kind: 'interrupted', name: 'interrupted' }, at, sentAt, now)
    inFlight.clear()
    if (loop === 'open') giveUp()
    stopped = true
    finish()
  }

  dispatch()
  return { finished, stop }
}
