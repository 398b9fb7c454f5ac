import { EXIT } from './exit-codes.ts'
import { LabError } from './lab-error.ts'

/** The options or input files of a command are invalid. */
export class UsageError extends LabError {
  override readonly name = 'UsageError'
  override readonly exitCode = EXIT.usage
}
