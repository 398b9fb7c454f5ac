import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { LabError } from '../../errors/lab-error.ts'

/** The actions of `pushcart move` that the page offers. */
export type MoveAction = 'start' | 'back' | 'finish'

export interface MoverReport {
  /** Carts per second; `null` until the first report. */
  readonly per_second: number | null
}

/** `pushcart move` in a process. Disposing kills it, which a move survives. */
export interface Mover extends AsyncDisposable {
  /**
   * Resolves when the move has done what was asked.
   *
   * @throws LabError with the line that the command printed
   */
  readonly done: Promise<void>
}

const COMMAND = fileURLToPath(import.meta.resolve('@pushcart/service/serve'))

/**
 * @param settings of the source and, as `MOVE_TO_*`, of the destination
 * @param carts maximum of carts per second
 */
export function startMover(
  action: MoveAction,
  settings: Readonly<Record<string, string>>,
  carts: number,
  report: (report: MoverReport) => void,
): Mover {
  const child = fork(COMMAND, liveArguments(action, carts), {
    env: { PATH: process.env.PATH, ...settings },
    execArgv: [],
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  return {
    done: follow(child, report),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

export function liveArguments(action: MoveAction, carts: number): string[] {
  return ['move', action, '--json', '--carts', String(carts)]
}

async function follow(child: ChildProcess, report: (report: MoverReport) => void): Promise<void> {
  const exited = once(child, 'exit')
  // A failure to start is reported as an exit without a code.
  child.once('error', () => child.emit('exit', null))
  let reason = 'the mover was killed'
  if (child.stdout !== null)
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line) as { type: string; per_second?: number; message?: string }
      if (event.type === 'progress') report({ per_second: event.per_second ?? null })
      if (event.type === 'error') reason = event.message ?? reason
    }
  const [code] = await exited
  if (code !== 0) throw new LabError(reason)
}
