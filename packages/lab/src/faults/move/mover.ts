import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { requiredEnvironment, SERVE, type ServiceProgram } from '../../services/start-service.ts'
import type { Settings } from './engines.ts'

export type MoveAction = 'start' | 'back' | 'verify'

/** A line that `pushcart move --json` prints. */
export type MoveLine = { readonly type: string; readonly [field: string]: unknown }

/** How a mover ended. */
export interface MoverEnd {
  /** `null` when it was killed. */
  readonly exitCode: number | null
  /** Its last line: a result, or an error with its `message`. */
  readonly last: MoveLine | undefined
}

/** A running `pushcart move`. */
export interface Mover {
  readonly ended: Promise<MoverEnd>
  /** Carts that it has moved, as far as it has said. */
  readonly moved: () => number
  /** Resolves when it has said that it has moved a cart, or has ended. */
  readonly working: Promise<void>
  /** SIGKILL. */
  kill(): void
}

export interface MoverOptions {
  readonly settings: Settings
  readonly program?: ServiceProgram | undefined
  /** Maximum of carts per second. */
  readonly cartsPerSecond: number
  /** Carts that are moved at the same time. */
  readonly workers: number
}

/** Starts `pushcart move ACTION` in a separate process. */
export function startMover(
  action: MoveAction,
  { settings, program = SERVE, cartsPerSecond, workers }: MoverOptions,
): Mover {
  const args = moveArguments(action, { workers, cartsPerSecond })
  const child = spawn(process.execPath, [program.path, ...program.args, ...args], {
    env: { ...requiredEnvironment(), ...settings },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let last: MoveLine | undefined
  let moved = 0
  const working = Promise.withResolvers<void>()
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (text) => {
      last = parse(text)
      if (last?.type === 'progress') moved = Number(last.moved)
      if (moved > 0) working.resolve()
    })
  const ended = endOf(child).then((exitCode) => {
    working.resolve()
    return { exitCode, last }
  })
  return {
    ended,
    working: working.promise,
    moved: () => moved,
    kill: () => void child.kill('SIGKILL'),
  }
}

/** `verify` moves nothing and takes no limits. */
export function moveArguments(
  action: MoveAction,
  { workers, cartsPerSecond }: Pick<MoverOptions, 'workers' | 'cartsPerSecond'>,
): string[] {
  const limits = ['--workers', String(workers), '--carts', String(cartsPerSecond)]
  return ['move', action, '--json', ...(action === 'verify' ? [] : limits)]
}

async function endOf(child: ChildProcess): Promise<number | null> {
  const [exitCode] = await once(child, 'close')
  return exitCode
}

function parse(text: string): MoveLine | undefined {
  try {
    return JSON.parse(text)
  } catch {
    // A mover that was killed may have written half a line.
    return undefined
  }
}
