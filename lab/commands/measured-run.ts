import { UsageError } from '../http/usage-error.ts'
import { EXIT } from './exit-codes.ts'
import type { CommandIo } from './io.ts'
import { prepareOutput, writeRecords } from './output-file.ts'

/**
 * What the measuring commands have in common: the output is checked before the run, and what was measured is
 * written whatever happened.
 *
 * @param measure the run; its records are written in full
 * @param judge   prints the result and returns the exit code
 * @returns the exit code; usage errors and an output that cannot be written are told in one line
 */
export async function measuredRun<T extends object>(
  output: string,
  io: CommandIo,
  measure: () => Promise<T[]>,
  judge: (records: readonly T[]) => number,
): Promise<number> {
  let records: T[]
  try {
    await prepareOutput(output)
    records = await measure()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(`error: ${error.message}`)
    return EXIT.usage
  }
  const code = judge(records)
  try {
    await writeRecords(output, records)
  } catch (error) {
    io.err(`error: ${error instanceof Error ? error.message : 'could not write the results'}`)
    return EXIT.invalidRun
  }
  io.out(`${records.length} records written to ${output}`)
  return code
}

/**
 * An integer option.
 *
 * @throws UsageError when it is no integer of `min`-`max`
 */
export function requireInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new UsageError(`${name}: ${value} is not an integer from ${min} to ${max}`)
}
