import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../random/random.ts'
import type { Faults } from '../faults.ts'
import type { Instance } from './instance.ts'

/** What is done to movers and instances. */
export const DISRUPTIONS = ['mover_killed', 'instance_killed', 'instance_frozen'] as const

export interface DisruptorOptions {
  /** The instances that take part in the move. */
  readonly instances: readonly Instance[]
  readonly old: Instance
  readonly faults: Faults
  readonly random: Random
  /** Whether the first disruption is a kill. */
  readonly killsFirst: boolean
  readonly log: (event: string) => void
  /** Ends the disruptions: instances come back at once. */
  readonly signal: AbortSignal
}

/** Kills and freezes instances of a fleet. */
export interface Disruptor {
  /** One disruption after the other until the signal; all instances run when it resolves. */
  play(): Promise<void>
  freeze(instance: Instance, ms: number): Promise<void>
}

export function openDisruptor(options: DisruptorOptions): Disruptor {
  const { instances, old, faults, random, killsFirst, log, signal } = options
  const frozen = new Set<Instance>()
  const wait = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {})
  const draw = (from: readonly Instance[]) => from[random.integer(0, from.length - 1)] ?? old

  async function freeze(instance: Instance, ms: number): Promise<void> {
    if (frozen.has(instance)) return
    frozen.add(instance)
    const release = faults.hold('instance_frozen')
    instance.freeze()
    log(`${instance.name} frozen for ${ms} ms`)
    await wait(ms)
    instance.thaw()
    frozen.delete(instance)
    release()
  }

  async function kill(instance: Instance, downMs: number): Promise<void> {
    const release = faults.hold('instance_killed')
    log(`${instance.name} killed`)
    await instance.kill()
    await wait(downMs)
    await instance.restart()
    log(`${instance.name} started again`)
    release()
  }

  return {
    freeze,
    async play() {
      let lastMs = 0
      for (let kills = killsFirst; !signal.aborted; kills = !kills) {
        // All instances run half of the time at least, however long a slow machine takes to start one.
        await wait(lastMs + random.integer(300, 2000))
        if (signal.aborted) return
        const since = performance.now()
        if (kills) await kill(draw(instances), random.integer(0, 1500))
        else await freeze(draw([...instances, old]), random.integer(200, 3500))
        lastMs = performance.now() - since
      }
    },
  }
}
