import type { Clock } from '../../lab/load/generator/clock.ts'
import type { Outcome } from '../../lab/load/http/outcome.ts'
import type { Transport } from '../../lab/load/http/transport.ts'
import type { Step } from '../../lab/load/schedule/schedule.ts'

/** A clock that advances from event to event: fast, and deterministic. Microseconds. */
export interface VirtualTime {
  readonly clock: Clock
  /** Calls `fn` after so many microseconds. */
  later(us: number, fn: () => void): void
  /** Runs until no event is left. */
  run(): void
}

interface Event {
  readonly at: number
  readonly fn: () => void
}

/** @param lateBy how late an alarm for a time rings: a generator without CPU time */
export function virtualTime(lateBy: (at: number) => number = () => 0): VirtualTime {
  const events: Event[] = []
  let now = 0
  let alarm: Event | undefined
  const later = (us: number, fn: () => void) => {
    const event = { at: now + us, fn }
    const index = events.findIndex(({ at }) => at > event.at)
    events.splice(index < 0 ? events.length : index, 0, event)
  }
  function next(): Event | undefined {
    const [event] = events
    if (alarm !== undefined && (event === undefined || alarm.at <= event.at)) {
      const rung = alarm
      alarm = undefined
      return rung
    }
    return events.shift()
  }
  return {
    later,
    clock: {
      now: () => now,
      wakeAt(at, fn) {
        alarm = { at: Math.max(at, now) + lateBy(at), fn }
      },
      close() {},
    },
    run() {
      for (let event = next(); event !== undefined; event = next()) {
        now = Math.max(now, event.at)
        event.fn()
      }
    },
  }
}

export interface Sent {
  readonly step: Step
  readonly cartId: string
  readonly at: number
}

/**
 * A service that takes `serviceTime(now, step)` microseconds for an operation, however many are in flight.
 *
 * @param outcomeOf by default 'ok', with a cart id for each slot
 */
export function virtualService(
  time: VirtualTime,
  connections: number,
  serviceTime: (now: number, step: Step) => number,
  outcomeOf: (step: Step) => Outcome = ({ slot }) => ({
    kind: 'ok',
    name: 'ok',
    cartId: `cart ${slot}`,
  }),
) {
  const sent: Sent[] = []
  let free = connections
  const transport: Pick<Transport, 'free' | 'send'> = {
    free: () => free,
    send(step, cartId, onOutcome) {
      if (free === 0) throw new Error('more requests than connections')
      free--
      const now = time.clock.now()
      sent.push({ step, cartId, at: now })
      time.later(serviceTime(now, step), () => {
        free++
        onOutcome(outcomeOf(step))
      })
    },
  }
  return { transport, sent }
}
