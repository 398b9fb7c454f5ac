import { fork, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { InvalidRun } from '../invalid-run.ts'

/** A server in a separate process. */
export interface Listening {
  readonly url: string
  readonly pid: number
  /** Milliseconds since the process was started. */
  age(): number
  /** Stops the process and waits for its end; kills it after 15 s. */
  stop(): Promise<void>
}

const STOP_MS = 15_000

/**
 * Starts a program of this package that sends `{ type: 'listening', url }` over IPC and shuts down when its parent is
 * gone. It has a separate process group, so Ctrl-C reaches it only through us. Its output goes to a pipe, as a
 * container's log does.
 *
 * @param program its path in this package
 * @param settings its environment, added to what every program needs
 * @throws InvalidRun with the last line that the program wrote
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
  // Our copy would keep the pipe open after the child is gone.
  log.destroy()
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4096)
  })
  const ended = new Promise<void>((resolve) => {
    // Not 'close', which is never emitted after a disconnect (Node 26).
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
    const listening = new Promise<string>((resolve) => {
      child.on('message', (message: { type?: string; url?: string }) => {
        if (message.type === 'listening' && message.url !== undefined) resolve(message.url)
      })
    })
    const failed = ended.then(async () => {
      if (child.stderr !== null) await finished(child.stderr).catch(() => {})
      throw new InvalidRun(`${program} did not start: ${complaint.trim().split('\n').at(-1)}`)
    })
    const url = await Promise.race([listening, failed, interrupted.promise])
    return { url, pid: child.pid ?? 0, age: () => performance.now() - started, stop }
  } catch (error) {
    child.kill('SIGTERM')
    await stop()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Discards the output until the writer ends. Reading it in this process took 10 us of our core per request. */
function openLogReader(): Writable {
  return spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'], detached: true }).stdin
}

/** Settings that the user's shell has for another service must not reach a measured one. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR']
  return Object.fromEntries(names.map((name) => [name, process.env[name]]))
}
