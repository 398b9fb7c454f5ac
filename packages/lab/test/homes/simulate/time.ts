import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'
import { createRandom } from '../../../src/random/random.ts'
import type { Scheduler } from '../../move/simulate/scheduler.ts'

/**
 * Lets the pauses, clocks and random numbers of the service follow the simulation until disposal: `setTimeout` of
 * `node:timers/promises`, `performance.now` and `Math.random`.
 */
export function simulateTime({ turn, now }: Scheduler, seed: number): Disposable {
  const { setTimeout: sleep } = timers
  const { now: clock } = performance
  const { random: chance } = Math
  const random = createRandom(seed, 'Math.random')
  timers.setTimeout = (async (ms = 0, value?: unknown) => {
    await turn(Math.ceil(ms))
    return value
  }) as typeof sleep
  performance.now = now
  Math.random = random.fraction
  syncBuiltinESMExports()
  return {
    [Symbol.dispose]() {
      timers.setTimeout = sleep
      performance.now = clock
      Math.random = chance
      syncBuiltinESMExports()
    },
  }
}
