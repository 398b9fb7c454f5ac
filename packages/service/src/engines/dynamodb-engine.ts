import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { EngineProcessMessage, EngineProcessOptions } from './dynamodb-engine-process.ts'
import { EngineError, type WatchedEngine } from './engine.ts'
import { makeFolder } from './make-folder.ts'

export interface DynamoEngineOptions {
  /** Folder for the data; without it, everything is in memory. */
  readonly dataDir?: string
  /** Loopback port; by default the system chooses one. */
  readonly port?: number
}

const PROCESS = fileURLToPath(new URL('./dynamodb-engine-process.ts', import.meta.url))

/**
 * Starts an embedded DynamoDB: dynalite in a separate process, reachable from this machine only. In one process, dynalite
 * and the service would share an event loop, and a comparison with PostgreSQL's separate processes would be unfair.
 *
 * Writes go to LevelDB without waiting for the disk. They survive a kill of the process, but not necessarily a power failure.
 */
export async function startDynamoEngine(options: DynamoEngineOptions = {}): Promise<WatchedEngine> {
  const { dataDir, port = 0 } = options
  if (dataDir !== undefined) await prepareFolder(dataDir)
  const start: EngineProcessOptions = { dataDir, port }
  const child = fork(PROCESS, [JSON.stringify(start)], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const message = await firstMessage(child, exited)
  if (!('port' in message)) {
    await exited
    throw new EngineError(explain(message, options))
  }
  return {
    settings: settingsFor(message.port),
    port: message.port,
    pid: child.pid ?? 0,
    async untilDead(signal) {
      const aborted = signal.aborted ? undefined : once(signal, 'abort')
      const ended = exited.then(
        ([code, killer]) => `dynalite exited with ${killer ?? `code ${code}`}`,
      )
      return aborted === undefined
        ? undefined
        : Promise.race([ended, aborted.then(() => undefined)])
    },
    async stop() {
      if (child.connected) child.disconnect()
      const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await exited
      clearTimeout(overdue)
    },
  }
}

/** Maximum time for the last requests before the database is killed. */
const STOP_MS = 10_000

async function prepareFolder(dataDir: string): Promise<void> {
  try {
    await makeFolder(dataDir)
  } catch (error) {
    throw new EngineError(`The data folder ${dataDir} cannot be created: ${error}`, {
      cause: error,
    })
  }
}

async function firstMessage(
  child: ChildProcess,
  exited: Promise<unknown>,
): Promise<EngineProcessMessage> {
  return Promise.race([
    once(child, 'message').then(([message]) => message as EngineProcessMessage),
    exited.then(() => ({ failure: 'other' as const, detail: 'its process exited at once' })),
  ])
}

function explain(
  { failure, detail }: Exclude<EngineProcessMessage, { port: number }>,
  { dataDir }: DynamoEngineOptions,
): string {
  if (failure === 'in use') {
    return `The data folder ${dataDir} is in use by another embedded DynamoDB: stop it or choose another folder.`
  }
  if (failure === 'not installed') {
    return 'The embedded DynamoDB requires the package dynalite: npm install dynalite.'
  }
  const where = dataDir === undefined ? '' : ` on ${dataDir}`
  return `The embedded DynamoDB could not start${where}: ${detail}`
}

/**
 * The settings with which the SDK reaches the engine. dynalite does not check credentials, so they are invented. The last
 * three override the user's settings that would take precedence.
 */
function settingsFor(port: number): Record<string, string> {
  return {
    DYNAMODB_TABLE_NAME: 'pushcart',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'embedded',
    AWS_SECRET_ACCESS_KEY: 'embedded',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: '',
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
  }
}
