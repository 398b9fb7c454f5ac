import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startDynamoEngine } from '../packages/service/src/engines/dynamodb-engine.ts'
import type { WatchedEngine } from '../packages/service/src/engines/engine.ts'
import { startPostgresEngine } from '../packages/service/src/engines/postgres-engine.ts'
import { childrenOf, commandOf, signal } from './support.ts'

export type Store = 'postgres' | 'dynamodb'

/** A database that can be killed, frozen and started again on its port and data. */
export interface Database extends AsyncDisposable {
  readonly store: Store
  readonly settings: Readonly<Record<string, string>>
  /** All its processes, the main one first. */
  processes(): Promise<number[]>
  kill(): Promise<void>
  start(): Promise<void>
}

export async function openDatabase(store: Store, folder: string): Promise<Database> {
  const dataDir = join(folder, store)
  const before = new Set(await childrenOf(process.pid))
  let engine: WatchedEngine | undefined =
    store === 'postgres'
      ? await startPostgresEngine({ dataDir })
      : await startDynamoEngine({ dataDir })
  const { port, settings } = engine

  async function main(): Promise<number | undefined> {
    if (store === 'postgres') {
      const file = await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8').catch(
        () => '',
      )
      return Number.parseInt(file, 10) || undefined
    }
    for (const pid of await childrenOf(process.pid))
      if (!before.has(pid) && (await commandOf(pid)).includes(dataDir)) return pid
    return undefined
  }

  async function processes(): Promise<number[]> {
    const pid = await main()
    return pid === undefined ? [] : [pid, ...(await childrenOf(pid))]
  }

  return {
    store,
    settings,
    processes,
    async kill() {
      const [pid] = await processes()
      if (pid !== undefined) signal(pid, 'SIGKILL')
      // The processes of PostgreSQL notice that their parent has died; without the engine, nothing waits for them.
      while (pid !== undefined && (await commandOf(pid)) !== '') await sleep(10)
    },
    async start() {
      await engine?.stop()
      engine = undefined
      for (let attempt = 1; engine === undefined; attempt++) {
        try {
          engine =
            store === 'postgres'
              ? await startPostgresEngine({ dataDir, port })
              : await startDynamoEngine({ dataDir, port })
        } catch (error) {
          if (attempt === 10) throw error
          await sleep(200)
        }
      }
    },
    async [Symbol.asyncDispose]() {
      for (const pid of await processes()) signal(pid, 'SIGCONT')
      await engine?.stop()
    },
  }
}
