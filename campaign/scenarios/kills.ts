import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../database.ts'
import { disturb } from '../disturb.ts'
import type { Found } from '../found.ts'
import type { Conditions, Scenario } from '../scenario.ts'
import type { Instance } from '../service.ts'
import { openServices } from '../services.ts'
import { signal } from '../support.ts'

interface Strike {
  readonly name: string
  readonly about: string
  readonly workers?: number
  /** Instances that are struck independently; default 1. */
  readonly instances?: number
  readonly recoverWithinMs: number
  strike(database: Database, instance: Instance, conditions: Conditions): Promise<void>
}

const WORKERS = 2

const STRIKES: readonly Strike[] = [
  {
    name: 'kill-service',
    about: 'SIGKILL of each of three instances, which is started again',
    instances: 3,
    recoverWithinMs: 60_000,
    async strike(_database, instance) {
      await instance.kill()
      await instance.start()
    },
  },
  {
    name: 'kill-worker',
    about: 'SIGKILL of a worker, which the primary replaces',
    workers: WORKERS,
    recoverWithinMs: 60_000,
    async strike(_database, instance, { random }) {
      const workers = await instance.workers()
      const victim = workers[random.integer(0, workers.length - 1)]
      if (victim !== undefined) signal(victim, 'SIGKILL')
      // Three deaths per worker and minute end the service, which is as it should be.
      await sleep(10_500)
    },
  },
  {
    name: 'kill-primary',
    about: 'SIGKILL of the primary of workers, which is started again',
    workers: WORKERS,
    recoverWithinMs: 60_000,
    async strike(_database, instance) {
      await instance.kill()
      await instance.start()
    },
  },
  {
    name: 'kill-database',
    about: 'SIGKILL of the database, which is started again',
    recoverWithinMs: 30_000,
    async strike(database) {
      await database.kill()
      await database.start()
    },
  },
  {
    name: 'kill-all',
    about: 'SIGKILL of service and database at once; both are started again',
    recoverWithinMs: 60_000,
    async strike(database, instance) {
      await Promise.all([instance.kill(), database.kill()])
      await database.start()
      await instance.start()
    },
  },
  {
    name: 'freeze-database',
    about: 'SIGSTOP of the database for 8 to 10 s; the circuit breaker opens',
    recoverWithinMs: 20_000,
    async strike(database, _instance, { random }) {
      const frozen = await database.processes()
      for (const pid of frozen) signal(pid, 'SIGSTOP')
      await sleep(random.integer(8000, 10_000))
      for (const pid of frozen) signal(pid, 'SIGCONT')
    },
  },
  {
    name: 'freeze-worker',
    about: 'SIGSTOP of a worker, which the primary notices and replaces',
    workers: WORKERS,
    recoverWithinMs: 60_000,
    async strike(_database, instance, { random }) {
      const before = await instance.workers()
      const victim = before[random.integer(0, before.length - 1)]
      if (victim === undefined) return
      signal(victim, 'SIGSTOP')
      while ((await instance.workers()).includes(victim)) await sleep(200)
    },
  },
]

export const kills: readonly Scenario[] = STRIKES.map((strike) => ({
  name: strike.name,
  about: strike.about,
  stores: ['postgres', 'dynamodb'],
  run: (conditions) => run(strike, conditions),
}))

async function run(strike: Strike, conditions: Conditions): Promise<Found[]> {
  const args = strike.workers === undefined ? [] : ['--workers', `${strike.workers}`]
  await using services = await openServices({ ...conditions, args, count: strike.instances })
  const { database, instances } = services
  const struck = (instance: Instance) => ({
    ...instance,
    strike: () => strike.strike(database, instance, conditions),
  })
  const [first, ...others] = instances
  const found = await disturb({
    ...conditions,
    name: strike.name,
    fault: strike.about,
    targets: [struck(first), ...others.map(struck)],
    recoverWithinMs: strike.recoverWithinMs,
  })
  return [found]
}
