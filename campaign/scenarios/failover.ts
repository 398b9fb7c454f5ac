import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { preparePrimary, startStandby } from '../../packages/lab/src/faults/start-standby.ts'
import { openDatabase } from '../database.ts'
import { disturb } from '../disturb.ts'
import type { Scenario } from '../scenario.ts'
import { openInstance } from '../service.ts'

/** The primary dies and its synchronous standby is promoted. The service knows both by `DATABASE_URL`. */
export const failover: Scenario = {
  name: 'failover',
  about: 'SIGKILL of the primary of PostgreSQL; its synchronous standby is promoted',
  stores: ['postgres'],
  async run(conditions) {
    const { store, folder } = conditions
    const dataDir = join(folder, store)
    await preparePrimary(dataDir)
    await using database = await openDatabase(store, folder)
    const url = new URL(database.settings.DATABASE_URL ?? '')
    await using cleanup = new AsyncDisposableStack()
    const standby = await startStandby({ dataDir, url: url.href }, join(folder, 'standby'), 0)
    cleanup.defer(() => standby.stop())
    await makeSynchronous(url.href)
    const second = new URL(url)
    second.port = `${standby.port}`
    const settings = {
      ...database.settings,
      DATABASE_URL: url.href.replace(url.host, `${url.host},${second.host}`),
      CART_STORE_TYPE: store,
    }
    const instance = cleanup.use(await openInstance({ settings, args: ['--migrate'] }))
    async function strike(): Promise<void> {
      await database.kill()
      await queried(second.href, 'select pg_promote(true, 60)')
    }
    const found = await disturb({
      ...conditions,
      name: this.name,
      fault: this.about,
      targets: [{ ...instance, strike }],
      // There is no third server.
      times: 1,
      recoverWithinMs: 30_000,
    })
    return [found]
  },
}

/** Makes commits wait for the standby, and waits until it follows; its copy of the settings does not have this one. */
async function makeSynchronous(url: string): Promise<void> {
  await queried(url, "alter system set synchronous_standby_names = '*'")
  await queried(url, 'select pg_reload_conf()')
  const following = "select from pg_stat_replication where sync_state = 'sync'"
  while ((await queried(url, following)) === 0) await sleep(50)
}

/** Runs a statement; the number of rows. */
async function queried(url: string, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rowCount ?? 0
  } finally {
    await client.end()
  }
}
