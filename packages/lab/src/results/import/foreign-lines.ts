import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { fileErrorReason } from '../../errors/file-error.ts'
import { UsageError } from '../../errors/usage-error.ts'

/** A line of a file, numbered from 1. */
export interface NumberedLine {
  readonly number: number
  readonly text: string
}

/** A line is not what its format requires. @returns an error that shows its place */
export function brokenLine(path: string, line: number, why: string): UsageError {
  return new UsageError(`${path}:${line}: ${why}`)
}

/**
 * The lines of a text file of any length, one at a time. A name that ends in `.gz` is decompressed.
 *
 * @throws UsageError for a file that cannot be read
 */
export async function* linesOf(path: string): AsyncGenerator<NumberedLine> {
  const file = createReadStream(path)
  // An error of either stream ends the reading of lines with that error.
  const input = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file
  const failed = new Promise<never>((_, reject) => input.once('error', reject))
  failed.catch(() => {})
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]()
  let number = 0
  try {
    for (;;) {
      const next = await Promise.race([lines.next(), failed])
      if (next.done === true) break
      yield { number: ++number, text: next.value }
    }
    if (input.errored !== null) throw input.errored
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${path}: ${fileErrorReason(error)}`)
  } finally {
    file.destroy()
  }
}
