import { CartError } from './cart/errors.ts'
import { ConfigError } from './config-error.ts'
import { explainMissingPackage } from './missing-package.ts'

/** What `pushcart serve` prints and exits with when it cannot start or go on. */
export interface FailureExplanation {
  readonly line: string
  /** 1: the service cannot run; 3: the settings or the installed packages are wrong, and nothing was started. */
  readonly exitCode: 1 | 3
}

/** The explanation of an error that the service throws on purpose; `undefined` for any other error. */
export function explainStartFailure(error: unknown): FailureExplanation | undefined {
  if (error instanceof ConfigError) return { line: error.message, exitCode: 3 }
  if (error instanceof CartError) return { line: `${error.code}: ${error.message}`, exitCode: 1 }
  const missing = explainMissingPackage(error)
  return missing === undefined ? undefined : { line: missing, exitCode: 3 }
}
