import { fork, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { InvalidRun } from '../invalid-run.ts'

/** A server in a process of its own. */
export interface Listening {
  readonly url: string
  readonly pid: number
  /** Milliseconds since its process was started. */
  age(): number
  /** Waits until the process has ended; by force after 15 s. */
  stop(): Promise<void>
}

const STOP_MS = 15_000

/**
 * Starts a program of this package that sends `{ type: 'listening', url }` over IPC and ends in order when its parent
 * is gone. It has a process group of its own, so Ctrl-C reaches it only through us. What it writes goes to a pipe, as
 * a container's log does.
 *
 * @param program its path in this package
 * @param settings its whole environment, but for what a program needs to run at all
 * @throws InvalidRun with its own last line
 */
export async function startListening(
  program: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Listening> {
  const started = performance.now()
  const log = openLogReader()
  const child = fork(fileURLToPath(new URL(`../../${program}`, import.meta.url)), args, {
    env: { ...bareEnvironment(), ...settings },
    execArgv: process.execArgv,
    detached: true,
    stdio: ['ignore', log, 'pipe', 'ipc'],
  })
  // Ours would keep the pipe open when the child is gone.
  log.destroy()
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4096)
  })
  const ended = new Promise<void>((resolve) => {
    // Not 'close', which never comes once we have disconnected (Node 26).
    child.once('exit', () => resolve()).once('error', () => resolve())
  })
  const stop = async () => {
    if (child.connected) child.disconnect()
    const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await ended
    clearTimeout(overdue)
  }
  const interrupted = Promise.withResolvers<never>()
  const onAbort = () => interrupted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const told = new Promise<string>((resolve) => {
      child.on('message', (message: { type?: string; url?: string }) => {
        if (message.type === 'listening' && message.url !== undefined) resolve(message.url)
      })
    })
    const failed = ended.then(async () => {
      if (child.stderr !== null) await finished(child.stderr).catch(() => {})
      throw new InvalidRun(`${program} did not start: ${complaint.trim().split('\n').at(-1)}`)
    })
    const url = await Promise.race([told, failed, interrupted.promise])
    return { url, pid: child.pid ?? 0, age: () => performance.now() - started, stop }
  } catch (error) {
    child.kill('SIGTERM')
    await stop()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Reads and drops, until the writer has ended. Reading here instead took 10 microseconds of our core a request. */
function openLogReader(): Writable {
  return spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'], detached: true }).stdin
}

/** Nothing that the shell sets for a service of the user's own reaches a measured one. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR']
  return Object.fromEntries(names.map((name) => [name, process.env[name]]))
}
