import { join, resolve } from 'node:path'
import pg from 'pg'
import { EngineError, type WatchedEngine } from './engine.ts'
import { makeFolder } from './make-folder.ts'
import { findPostgres } from './postgres-binaries.ts'
import { DATABASE, ensureCluster, type Server, USER } from './postgres-cluster.ts'
import { lockFolder } from './postgres-lock.ts'
import {
  findPostmaster,
  startServer,
  stopOrphan,
  stopServer,
  untilServerDead,
} from './postgres-server.ts'
import { choosePostgresUser } from './postgres-user.ts'

export interface PostgresEngineOptions {
  /** Folder for the data, created if missing. The next start finds the data there. */
  readonly dataDir: string
  /** Port on 127.0.0.1; by default a free one. */
  readonly port?: number | undefined
}

/**
 * Starts a real PostgreSQL for this process, listening on 127.0.0.1 only.
 *
 * It runs in a separate process group and survives a killed service. The next start on the folder stops the orphaned server
 * and uses its data.
 *
 * @returns an engine whose settings contain `DATABASE_URL`
 * @throws EngineError: no PostgreSQL for this platform, folder in use, port taken, disk full
 */
export async function startPostgresEngine(options: PostgresEngineOptions): Promise<WatchedEngine> {
  const dataDir = resolve(options.dataDir)
  try {
    await makeFolder(dataDir)
    const unlock = await lockFolder(dataDir)
    try {
      return await startLocked(dataDir, options.port, unlock)
    } catch (error) {
      unlock()
      throw error
    }
  } catch (error) {
    if (error instanceof EngineError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new EngineError(`The embedded PostgreSQL in ${dataDir} cannot start: ${reason}`, {
      cause: error,
    })
  }
}

/** The user's settings that would otherwise apply to this database too. */
const OVERRIDDEN = {
  DATABASE_AUTH: '',
  DATABASE_PASSWORD_COMMAND: '',
  DATABASE_PASSWORD_FILE: '',
  DATABASE_SESSION_SETTINGS: '',
}

async function startLocked(
  dataDir: string,
  wantedPort: number | undefined,
  unlock: () => void,
): Promise<WatchedEngine> {
  const binaries = await findPostgres()
  const reached = [dataDir, binaries.postgres, binaries.libraries, binaries.shared]
  const user = await choosePostgresUser(join(dataDir, 'cluster'), reached)
  const server: Server = { dataDir, binaries, user }
  const password = await ensureCluster(server)
  await stopOrphan(server)
  const port = await startServer(server, wantedPort)
  const urlOf = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`
  try {
    await ensureDatabase(urlOf('postgres'))
  } catch (error) {
    await stopServer(server)
    throw error
  }
  let stopped: Promise<void> | undefined
  return {
    settings: { DATABASE_URL: urlOf(DATABASE), ...OVERRIDDEN },
    port,
    pid: (await findPostmaster(dataDir)) ?? 0,
    untilDead: (signal) => untilServerDead(server, signal),
    stop() {
      stopped ??= stopServer(server).finally(unlock)
      return stopped
    },
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const found = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}
