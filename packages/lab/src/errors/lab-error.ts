import { EXIT, type ExitCode } from './exit-codes.ts'

/**
 * An expected failure of a command of the lab. `message` is one line for the user. The run is inconclusive unless a
 * subclass has another exit code.
 */
export class LabError extends Error {
  override readonly name: string = 'LabError'
  readonly exitCode: ExitCode = EXIT.invalidRun
}

/** The service does not respond. */
export class UnreachableError extends LabError {
  override readonly name = 'UnreachableError'

  constructor(url: string, reason: string, what = 'does not respond') {
    super(`${url} ${what}: ${reason}`)
  }
}

/** Results could not be written. */
export class OutputError extends LabError {
  override readonly name = 'OutputError'
}
