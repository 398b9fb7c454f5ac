import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { InvalidRun } from '../invalid-run.ts'

export interface RunOptions {
  readonly signal: AbortSignal
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/**
 * Runs a program to its end.
 *
 * @returns its standard output
 * @throws InvalidRun with the last line of its standard error; the signal's reason if aborted
 */
export async function run(
  program: string,
  args: readonly string[],
  { signal, env = process.env, cwd }: RunOptions,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      signal,
      env,
      ...(cwd !== undefined && { cwd }),
    })
    return stdout
  } catch (error) {
    signal.throwIfAborted()
    const { stderr, message } = error as Error & { stderr?: string }
    const reason = (stderr || message).trim().split('\n').at(-1)
    throw new InvalidRun(`${program} failed: ${reason}`)
  }
}
