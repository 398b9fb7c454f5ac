import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A cart service in a process of its own. */
export interface ServiceProcess {
  readonly url: string
  readonly pid: number
  /** Asks the service to stop, waits, and ends its process after 15 s by SIGTERM, after 20 s by SIGKILL. Never rejects. */
  stop(): Promise<void>
}

export interface ServiceProcessOptions {
  readonly store: 'postgres' | 'dynamodb'
  readonly readConsistency: 'eventual' | 'strong'
  /** Most connections to its database. */
  readonly poolSize: number
  /** Folder for the data of its embedded database. */
  readonly dataDir: string
  /** Stops the start. */
  readonly signal?: AbortSignal | undefined
  /** The program to fork, `cli.ts` unless a test stands in for it. */
  readonly program?: string | undefined
}

/** A service did not start. `message` is one line for the user, the service's own where it said why. */
export class ServiceStartError extends Error {
  override readonly name = 'ServiceStartError'
}

const CLI = fileURLToPath(new URL('../../cli.ts', import.meta.url))
const START_MS = 120_000
// Requests in flight have 10 s by default (DRAIN_TIMEOUT_MS); then the database stops.
const STOP_MS = 15_000
const TERM_MS = 5000
const KEPT_STDERR = 8192

/**
 * Starts `pushcart serve --embedded` on a port of the system's choice and waits until it listens.
 *
 * @throws ServiceStartError when it ends before, takes more than two minutes, or `signal` is aborted;
 *   the process has ended by then
 */
export async function startServiceProcess(options: ServiceProcessOptions): Promise<ServiceProcess> {
  const { store, dataDir, signal, program = CLI } = options
  if (signal?.aborted) throw new ServiceStartError('interrupted')
  const child = fork(program, ['serve', '--embedded', '--data-dir', dataDir], {
    env: environmentFor(options),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve())
  })
  try {
    const url = await listening(child, store, signal)
    return { url, pid: child.pid ?? 0, stop: () => stopChild(child, exited, true) }
  } catch (error) {
    await stopChild(child, exited, false)
    throw error
  }
}

// Whatever the shell sets for a service of the user's own, the compared ones run with the defaults, and pools of one size.
const SETTINGS =
  /^(AWS_|PG|DATABASE_|DYNAMODB_|CART_|CATALOG_FILE$|CURRENCY$|PAGE_SIZE_|AUTH_|RATE_LIMIT_|TRUSTED_PROXIES$|BODY_LIMIT_|REQUEST_TIMEOUT_|DRAIN_|READY_|SWEEP_|OTEL_)/

/** The environment without what would point the service at another database or change how it serves. */
function environmentFor({
  store,
  readConsistency,
  poolSize,
}: ServiceProcessOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !SETTINGS.test(name))
  return {
    ...Object.fromEntries(inherited),
    CART_STORE_TYPE: store,
    READ_CONSISTENCY: readConsistency,
    [store === 'postgres' ? 'DATABASE_POOL_SIZE' : 'DYNAMODB_POOL_SIZE']: String(poolSize),
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: 'warn',
  }
}

/** Resolves with the address as soon as the service sends it. */
function listening(child: ChildProcess, name: string, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-KEPT_STDERR)
    })
    const fail = (reason: string) => {
      settle()
      reject(new ServiceStartError(`the ${name} service did not start: ${reason}`))
    }
    const onAbort = () => fail('interrupted')
    const overdue = setTimeout(() => fail(`not within ${START_MS / 1000} s`), START_MS)
    const settle = () => {
      clearTimeout(overdue)
      signal?.removeEventListener('abort', onAbort)
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    child.on('message', (message) => {
      const url = listeningUrl(message)
      if (url === undefined) return
      settle()
      resolve(url)
    })
    // 'close' comes after 'exit', when everything written to stderr has arrived.
    child.once('close', (code) => fail(lastLine(stderr) ?? `it ended with code ${code}`))
    child.once('error', (error) => fail(error.message))
  })
}

function listeningUrl(message: unknown): string | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const { type, url } = message as { type?: unknown; url?: unknown }
  return type === 'listening' && typeof url === 'string' ? url : undefined
}

function lastLine(text: string): string | undefined {
  const line = text.trim().split('\n').at(-1)?.trim()
  return line === '' ? undefined : line?.replace(/^pushcart: /, '')
}

/**
 * A service whose parent is gone stops in order. It is not told by a signal: Ctrl-C in a terminal reaches it
 * too, and a second signal ends it at once. One that does not listen yet may miss the end of the channel, and
 * to it a second signal does no harm.
 */
async function stopChild(
  child: ChildProcess,
  exited: Promise<void>,
  listens: boolean,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  if (child.connected) child.disconnect()
  if (!listens) child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGTERM'), STOP_MS)
  const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_MS + TERM_MS)
  await exited
  clearTimeout(late)
  clearTimeout(overdue)
}
