import { type ChildProcess, fork } from 'node:child_process'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { LabError } from '../errors/lab-error.ts'

/** A service in a separate process. Disposing stops it. */
export interface RunningService extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  /** Closes the IPC channel and waits for the process to end: SIGTERM after 15 s, SIGKILL after 20 s. Never rejects. */
  stop(): Promise<void>
}

/** A program that reports `{ type: 'listening', url }` over IPC and stops when the channel closes. */
export interface ServiceProgram {
  readonly path: string
  readonly args: readonly string[]
}

export interface StartServiceOptions {
  /** How an error message refers to it. */
  readonly name?: string
  /** `pushcart serve` unless given. */
  readonly program?: ServiceProgram | undefined
  /** Arguments after those of the program. */
  readonly args?: readonly string[]
  /** Environment variables, in addition to PATH and the like: nothing else of our own environment is inherited. */
  readonly settings: Readonly<Record<string, string>>
  /** Aborts the start. */
  readonly signal?: AbortSignal | undefined
  /** Maximum time until it listens (2 minutes). */
  readonly deadlineMs?: number
  /** Where its log goes; nowhere unless given. */
  readonly stdout?: Writable | undefined
}

/** A service did not start. The message includes the last line that the service wrote to standard error. */
export class ServiceStartError extends LabError {
  override readonly name = 'ServiceStartError'

  constructor(service: string, reason: string) {
    super(`the ${service} did not start: ${reason}`)
  }
}

export const SERVE: ServiceProgram = {
  path: fileURLToPath(import.meta.resolve('@pushcart/service/serve')),
  args: [],
}

const START_MS = 120_000
// Requests in flight have 10 s by default (DRAIN_TIMEOUT_MS); then the database stops.
const STOP_MS = 15_000
const TERM_MS = 5000
const KEPT_STDERR = 8192

/**
 * Starts a service on a free port of 127.0.0.1 and waits until it listens. Its process has a separate process group,
 * so Ctrl-C in a terminal does not reach it.
 *
 * @throws ServiceStartError if it exits or misses the deadline, or if `signal` is aborted; the process has ended then
 */
export async function startService({
  name = 'service',
  program = SERVE,
  args = [],
  settings,
  signal,
  deadlineMs = START_MS,
  stdout,
}: StartServiceOptions): Promise<RunningService> {
  if (signal?.aborted) throw new ServiceStartError(name, 'interrupted')
  const child = fork(program.path, [...program.args, ...args], {
    env: { ...requiredEnvironment(), HOST: '127.0.0.1', PORT: '0', ...settings },
    execArgv: [],
    detached: true,
    stdio: ['ignore', stdout ?? 'ignore', 'pipe', 'ipc'],
  })
  // Not 'close': Node 26 never emits it after a disconnect.
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve()).once('error', () => resolve())
  })
  try {
    const url = await listening(child, deadlineMs, signal)
    const stop = () => stopChild(child, exited, true)
    return { url, pid: child.pid ?? 0, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stopChild(child, exited, false)
    throw new ServiceStartError(name, error instanceof Error ? error.message : String(error))
  }
}

/** What any program needs. Settings of the user's shell, such as AWS_PROFILE or PGHOST, must not reach the service. */
export function requiredEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH']
  return Object.fromEntries(names.map((name) => [name, process.env[name]]))
}

/** Resolves with the address that the service reports. */
function listening(child: ChildProcess, deadlineMs: number, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-KEPT_STDERR)
    })
    const fail = (reason: string) => {
      settle()
      reject(new Error(reason))
    }
    const onAbort = () => fail('interrupted')
    const overdue = setTimeout(() => fail(`not within ${deadlineMs / 1000} s`), deadlineMs)
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
    // 'close' follows 'exit' once everything written to stderr has arrived.
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
 * Closing the channel stops a service in order; a second signal would end it at once. A service that does not listen
 * yet may miss the end of the channel, so it also receives SIGTERM.
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
