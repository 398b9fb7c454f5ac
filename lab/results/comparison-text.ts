import { Ajv } from 'ajv'
import { checkRecords } from './check-records.ts'
import {
  type ComparisonFile,
  ComparisonFileSchema,
  type ComparisonParts,
  FORMAT,
} from './comparison-file.ts'

/** A file or value is not the result of a comparison. `message` is one line. */
export class ComparisonFileError extends Error {
  override readonly name = 'ComparisonFileError'
}

const isComparison = new Ajv({ logger: false, discriminator: true }).compile<ComparisonFile>(
  ComparisonFileSchema,
)

/** The text of the file. @throws ComparisonFileError for parts that `readComparison` would refuse */
export function writeComparison(parts: ComparisonParts): string {
  const file = requireComparison({ format: FORMAT, version: 1, ...parts })
  return `${JSON.stringify(file, null, 1)}\n`
}

/** @throws ComparisonFileError in one line for a damaged or foreign file */
export function readComparison(text: string): ComparisonFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const why = text.trim() === '' ? 'the file is empty' : 'not JSON, or truncated'
    throw new ComparisonFileError(`not results of a comparison: ${why}`)
  }
  return requireComparison(value)
}

function requireComparison(value: unknown): ComparisonFile {
  if (Array.isArray(value))
    throw new ComparisonFileError('not results of a comparison: a list, such as `perf` writes')
  const { format, version }: { format?: unknown; version?: unknown } = Object(value)
  if (typeof format === 'string' && format !== FORMAT)
    throw new ComparisonFileError(`not results of a comparison: format "${printable(format)}"`)
  if (format === FORMAT && typeof version === 'number' && version !== 1)
    throw new ComparisonFileError(
      `results of a comparison in file version ${version}; this pushcart reads version 1`,
    )
  if (!isComparison(value)) {
    const { instancePath = '', message = 'does not match the schema' } =
      isComparison.errors?.[0] ?? {}
    throw new ComparisonFileError(
      `not results of a comparison, version 1: ${instancePath || 'the value'} ${message}`,
    )
  }
  const wrong = checkRecords(value)
  if (wrong !== null)
    throw new ComparisonFileError(`not results of a comparison: ${printable(wrong)}`)
  return value
}

/** The beginning of an untrusted text, without terminal control characters. */
function printable(text: string): string {
  return text.slice(0, 100).replace(/\p{Cc}/gu, '?')
}
