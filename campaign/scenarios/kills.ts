import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '../database.ts'
import { disturb } from '../disturb.ts'
import type { Found } from '../found.ts'
import { openProbe } from '../probe.ts'
import type { Conditions, Scenario } from '../scenario.ts'
import { type Instance, openInstance } from '../service.ts'
import { signal } from '../support.ts'

interface Strike {
  readonly name: string
  readonly about: string
  readonly workers?: number
  readonly recoverWithinMs: number
  strike(database: Database, instance: Instance, conditions: Conditions): Promise<void>
}

const WORKERS = 2

const STRIKES: readonly Strike[] = [
  {
    name: 'kill-service',
    about: 'SIGKILL of the service, which is started again',
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
  const { store, folder, seconds, times, seed, random } = conditions
  await using database = await openDatabase(store, folder)
  const settings = { ...database.settings, CART_STORE_TYPE: store, READ_CONSISTENCY: 'strong' }
  const workers = strike.workers === undefined ? [] : ['--workers', `${strike.workers}`]
  await using instance = await openInstance({ settings, args: ['--migrate', ...workers] })
  await using probe = await openProbe(instance.url, async () => [
    instance.pid(),
    ...(await instance.workers()),
  ])
  const found = await disturb({
    name: strike.name,
    store,
    fault: strike.about,
    hosts: [instance.url],
    seconds,
    times,
    seed,
    random,
    probe,
    signal: conditions.signal,
    recoverWithinMs: strike.recoverWithinMs,
    strike: () => strike.strike(database, instance, conditions),
  })
  return [found]
}
