import { CartError } from '../../cart/errors.ts'
import { ConfigError } from '../../config/config-error.ts'
import { explainStartFailure } from '../explain-failure.ts'
import { isTransient } from './persistence.ts'

/** The reason of the signal that interrupts `pushcart move`. */
export class Interrupted extends Error {
  /** @param continues the command that continues what was interrupted, if it moves carts */
  constructor(continues?: string) {
    super(
      continues === undefined
        ? 'interrupted'
        : `interrupted; \`pushcart move ${continues}\` continues`,
    )
  }
}

/** What `pushcart move` prints and exits with when it fails; its help explains the codes. */
export interface MoveFailure {
  readonly line: string
  readonly exitCode: 1 | 2 | 3
}

/**
 * @param error what ended the command
 * @param signal aborted with `Interrupted`. What was interrupted fails in its own way: a timer, a request. Any other error is
 *   reported as itself, because running the command again does not help.
 */
export function explainMoveFailure(error: unknown, signal: AbortSignal): MoveFailure {
  const isInterruption = signal.aborted && isFromAbort(error, signal)
  return explain(isInterruption ? signal.reason : error)
}

function isFromAbort(error: unknown, { reason }: AbortSignal): boolean {
  if (error === reason || isTransient(error)) return true
  return error instanceof Error && error.name === 'AbortError'
}

function explain(error: unknown): MoveFailure {
  if (error instanceof Interrupted) return { line: error.message, exitCode: 2 }
  if (error instanceof ConfigError) return { line: error.message, exitCode: 3 }
  if (error instanceof CartError) {
    const exitCode = isTransient(error) ? 2 : error.code === 'STORE_MISCONFIGURED' ? 3 : 1
    return { line: `${error.code}: ${error.message}`, exitCode }
  }
  const message = error instanceof Error ? error.message : String(error)
  return explainStartFailure(error) ?? { line: message, exitCode: 1 }
}
