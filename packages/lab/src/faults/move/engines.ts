import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase } from '../../services/create-database.ts'

export type Settings = Readonly<Record<string, string>>

/** Both embedded databases, for any number of runs, each with a database and a table of its own. */
export interface Engines extends AsyncDisposable {
  /** A folder for compiled modules: each run starts a dozen processes. */
  readonly cacheFolder: string
  /** Settings of the service for the databases of one run, which are empty. */
  newDatabases(): Promise<{ readonly postgres: Settings; readonly dynamodb: Settings }>
}

/**
 * Starts an embedded PostgreSQL and an embedded DynamoDB. Disposing stops them and removes the data.
 *
 * @throws EngineError; nothing is left running
 */
export async function startEngines(): Promise<Engines> {
  const stack = new AsyncDisposableStack()
  try {
    const folder = await mkdtemp(join(tmpdir(), 'pushcart-move-'))
    stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
    // If we are root, PostgreSQL runs as another user, who must be able to enter this folder.
    await chmod(folder, 0o711)
    const { startDynamoEngine, startPostgresEngine } = await import('@pushcart/service/engines')
    const postgres = await startPostgresEngine({ dataDir: join(folder, 'postgres') })
    stack.defer(() => postgres.stop())
    const dynamodb = await startDynamoEngine()
    stack.defer(() => dynamodb.stop())
    let runs = 0
    return {
      cacheFolder: join(folder, 'cache'),
      async newDatabases() {
        runs += 1
        const name = `pushcart_${runs}`
        const { DATABASE_URL: url = '' } = postgres.settings
        return {
          postgres: { ...postgres.settings, DATABASE_URL: await createDatabase(url, name) },
          dynamodb: { ...dynamodb.settings, DYNAMODB_TABLE_NAME: name },
        }
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
