import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { LabError, OutputError } from '../errors/lab-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import type { CommandIo } from '../terminal/io.ts'

/** How a command ended: its exit code, with further fields of the last line of `--json`. */
export type CommandResult =
  | ExitCode
  | { readonly exit_code: ExitCode; readonly [field: string]: unknown }

/**
 * Runs a command and decides its exit code. An error becomes one line. With `json`, the last line of standard output is
 * an object with `type` (`result` or `error`) and `exit_code`.
 *
 * @param command throws a LabError for an expected failure; after any other error the run is inconclusive
 */
export async function runCommand(
  io: CommandIo,
  json: boolean,
  command: () => Promise<CommandResult>,
): Promise<ExitCode> {
  try {
    if (io.signal?.aborted) throw new LabError('interrupted')
    const result = await command()
    const fields = typeof result === 'number' ? { exit_code: result } : result
    if (json) io.out(JSON.stringify({ type: 'result', ...fields }))
    return fields.exit_code
  } catch (error) {
    const exit_code = error instanceof LabError ? error.exitCode : EXIT.invalidRun
    const message = isConsequence(error, io) ? NOTHING_MEASURED : firstLine(error)
    io.err(`error: ${message}`)
    if (json) io.out(JSON.stringify({ type: 'error', exit_code, message }))
    return exit_code
  }
}

const NOTHING_MEASURED = 'interrupted before anything was measured'

/** Whether the interruption caused the error: a request or a start was aborted. */
function isConsequence(error: unknown, { signal }: CommandIo): boolean {
  const unrelated = error instanceof UsageError || error instanceof OutputError
  return signal?.aborted === true && error instanceof LabError && !unrelated
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0] || 'unknown error'
}
