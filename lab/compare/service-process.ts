import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A cart service in a process of its own. */
export interface ServiceProcess {
  readonly url: string
  /** Asks the service to stop, waits, and after ten seconds ends its process. Never rejects. */
  stop(): Promise<void>
}

export interface ServiceProcessOptions {
  readonly store: 'postgres' | 'dynamodb'
  readonly readConsistency: 'eventual' | 'strong'
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
const STOP_MS = 10_000
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
  const stop = () => stopChild(child, exited)
  try {
    return { url: await listening(child, store, signal), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The environment without what would point the service at another database than its embedded one. */
function environmentFor({ store, readConsistency }: ServiceProcessOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|PG|DATABASE_URL$|DYNAMODB_TABLE_NAME$)/.test(name),
  )
  return {
    ...Object.fromEntries(inherited),
    CART_STORE_TYPE: store,
    READ_CONSISTENCY: readConsistency,
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

async function stopChild(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  child.kill('SIGTERM')
  const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await exited
  clearTimeout(overdue)
}
