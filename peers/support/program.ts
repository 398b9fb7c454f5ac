import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface Program {
  readonly pid: number
  /** Sends SIGTERM, and SIGKILL after ten seconds. */
  stop(): Promise<void>
}

export interface ProgramOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

const KILL_MS = 10_000

/**
 * Starts a program and waits for a line of its output.
 *
 * @param ready what the line contains
 * @throws Error with the last lines of its output when it ends or is not ready in time
 */
export async function startProgram(
  command: readonly [string, ...string[]],
  options: ProgramOptions,
  ready: RegExp,
  timeoutMs: number,
): Promise<Program> {
  const child = launch(command, options)
  const lines = collect(child)
  const found = new Promise<void>((resolve) => {
    lines.onLine = (line) => ready.test(line) && resolve()
  })
  const overdue = Promise.withResolvers<string>()
  const timer = setTimeout(() => overdue.resolve(`not within ${timeoutMs / 1000} s`), timeoutMs)
  const failure = await Promise.race([
    found.then(() => undefined),
    once(child, 'close').then(([code]) => `it ended with code ${code}`),
    overdue.promise,
  ])
  clearTimeout(timer)
  if (failure !== undefined) {
    await stop(child)
    throw new Error(`${command.join(' ')}: ${failure}\n${lines.last().join('\n')}`)
  }
  return { pid: child.pid ?? 0, stop: () => stop(child) }
}

/**
 * Runs a program to its end and returns the lines that it printed.
 *
 * @param accepted exit codes that are no failure
 */
export async function runProgram(
  command: readonly [string, ...string[]],
  options: ProgramOptions,
  accepted: readonly number[] = [0],
): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
  const child = launch(command, options)
  const lines = collect(child)
  const [code] = await once(child, 'close')
  if (!accepted.includes(code))
    throw new Error(`${command.join(' ')} ended with code ${code}\n${lines.last().join('\n')}`)
  return { code, lines: lines.all }
}

function launch([program, ...args]: readonly [string, ...string[]], options: ProgramOptions) {
  return spawn(program, args, {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

function collect(child: ChildProcess) {
  const all: string[] = []
  const collected = {
    all,
    last: () => all.slice(-15),
    onLine: undefined as ((line: string) => void) | undefined,
  }
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null)
      createInterface(stream).on('line', (line) => {
        all.push(line)
        collected.onLine?.(line)
      })
  return collected
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const overdue = setTimeout(() => child.kill('SIGKILL'), KILL_MS)
  await closed
  clearTimeout(overdue)
}
