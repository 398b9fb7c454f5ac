import type { ExitCode } from '../errors/exit-codes.ts'
import { LabError, UnreachableError } from '../errors/lab-error.ts'
import { INTERRUPTED } from '../load/load-error.ts'
import { partialName, prepareOutput, writeRecords } from '../results/output-file.ts'
import type { CommandIo } from '../terminal/io.ts'

/** The quick test of operations or of consistency. */
export interface QuickTest<T extends object> {
  readonly host: string
  /** File for the records. */
  readonly output: string
  /** Records of a complete run. */
  readonly planned: number
  /** Runs the test until `signal` is aborted. */
  readonly measure: (options: {
    readonly signal: AbortSignal
    readonly onNoAnswer: (reason: string) => void
  }) => Promise<readonly T[]>
  /** Prints the result. */
  readonly judge: (records: readonly T[]) => ExitCode
}

/**
 * Runs a quick test and writes its records; those of an incomplete run go to a separate file.
 *
 * @throws UnreachableError if the first request gets no response: nothing is written; OutputError
 */
export async function runQuickTest<T extends object>(
  { host, output, planned, measure, judge }: QuickTest<T>,
  io: CommandIo,
): Promise<ExitCode> {
  await prepareOutput(output)
  const dead = new AbortController()
  let unreachable: UnreachableError | undefined
  const records = await measure({
    signal: io.signal === undefined ? dead.signal : AbortSignal.any([io.signal, dead.signal]),
    onNoAnswer(reason) {
      unreachable = new UnreachableError(host, reason)
      dead.abort()
    },
  })
  if (unreachable !== undefined) throw unreachable
  if (records.length === 0 && io.signal?.aborted) throw new LabError(INTERRUPTED)
  const code = judge(records)
  const file = records.length < planned ? partialName(output) : output
  await writeRecords(file, records)
  io.out(`${records.length} records written to ${file}`)
  return code
}
