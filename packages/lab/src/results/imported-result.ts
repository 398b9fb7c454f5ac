import { Ajv } from 'ajv'
import Type from 'typebox'
import { LatencySchema } from './load-result.ts'
import { amount, amountOrNull, count, object, orNull, type Shape, text } from './shape.ts'

/** The kinds of file that `pushcart import` reads. */
export const FOREIGN_KINDS = [
  'k6 NDJSON',
  'k6 CSV',
  'HdrHistogram log',
  'HdrHistogram percentiles',
] as const

const figures = {
  count: count('Operations that ended.'),
  failed: orNull(Type.Integer({ minimum: 0 }), 'null where the file does not say.'),
  time: LatencySchema,
  histogram: text('HdrHistogram V2 of microseconds, compressed, base64.'),
}

export const ImportedResultSchema = object(
  {
    format: Type.Literal('pushcart imported result'),
    version: Type.Literal(1),
    source: object({
      kind: Type.Enum([...FOREIGN_KINDS, 'pushcart live']),
      file: text('Name of the file, without its folder.'),
      unit: Type.Enum(['ns', 'us', 'ms'], { description: 'Unit of its times.' }),
    }),
    started_at: orNull(Type.String(), 'ISO 8601 UTC.'),
    duration_s: amountOrNull('From the first to the last time in the file.'),
    rate: amountOrNull('Operations per second of the duration.'),
    dropped: orNull(
      Type.Integer({ minimum: 0 }),
      'Iterations that k6 did not start for want of a virtual user; null where the file does not say.',
    ),
    overall: object(figures),
    operations: Type.Array(object({ operation: Type.String(), ...figures }), {
      description: "By k6's tag `name`, or by the tags of a log.",
    }),
    series: Type.Array(
      object({
        second: amount('Start of the interval, seconds from the start.'),
        length_s: amount('Length of the interval.'),
        count: count('Operations that ended in it.'),
        failed: orNull(Type.Integer({ minimum: 0 })),
        p50: amountOrNull('ms; requires 2 samples.'),
        p99: amountOrNull('ms; requires 100 samples.'),
        max: amountOrNull('ms'),
      }),
    ),
    missing: Type.Array(object({ what: Type.String(), why: Type.String() }), {
      description: 'What a result of pushcart has and this one cannot say.',
    }),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title:
      'Result of another load generator or of the live page, of pushcart import and live, version 1',
  },
)

/** What a file of another load generator says, as `pushcart import` writes it. */
export type ImportedResult = Shape<typeof ImportedResultSchema>
export type ForeignKind = (typeof FOREIGN_KINDS)[number]
export type TimeUnit = ImportedResult['source']['unit']

const matches = new Ajv({ logger: false }).compile<ImportedResult>(ImportedResultSchema)

/** Whether a value is an imported result. */
export function isImportedResult(value: unknown): value is ImportedResult {
  return matches(value)
}
