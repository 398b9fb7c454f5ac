import { Ajv } from 'ajv'
import Type from 'typebox'
import { LoadEnvironmentSchema, OUTCOME_KINDS } from './load-result.ts'
import { LoadSpecSchema } from './load-spec.ts'
import { OPERATIONS } from './operations.ts'
import { amount, amountOrNull, count, object, orNull, type Shape, text } from './shape.ts'

const histogram = text('HdrHistogram V2 of microseconds, compressed, base64.')

const Tally = object({
  outcomes: Type.Array(
    object({
      kind: Type.Enum([...OUTCOME_KINDS]),
      name: Type.String(),
      count: count('Number of operations.'),
    }),
  ),
  response: histogram,
  service: histogram,
})

const probability = orNull(Type.Number({ minimum: 0, maximum: 1 }))

const WarmUpSchema = object({
  steady: Type.Boolean(),
  trend_p: object({ p50: probability, rate: probability }),
  windows: Type.Array(
    object({ until: amount('Seconds.'), p50: amount('ms'), rate: amount('per second') }),
  ),
})

/** What one generator measured, before anything is computed from it. */
const ReportSchema = object({
  started_at: text('ISO 8601 UTC, by the clock of its machine.'),
  cut_off: orNull(Type.String()),
  elapsed_s: amount('Seconds to the end of the last operation.'),
  measured_from_s: amountOrNull('Seconds to the measured time.'),
  warm_up: orNull(WarmUpSchema),
  ok_in_time: count('Successes within the measured time.'),
  tallies: object(
    Object.fromEntries(OPERATIONS.map((operation) => [operation, Tally])) as Record<
      (typeof OPERATIONS)[number],
      typeof Tally
    >,
  ),
  lag: histogram,
  series: Type.Array(
    object({
      second: count('From the start.'),
      count: count('Operations intended for it.'),
      ended: count('Operations that ended in it.'),
      errors: count('Failures.'),
      p50: amountOrNull('ms'),
      p99: amountOrNull('ms'),
      max: amountOrNull('ms'),
      lag_max: amount('ms'),
      utilisation: amountOrNull('0-1'),
      times: Type.Optional(histogram),
    }),
  ),
  utilisation: amount('0-1'),
  cpu_s: amount('CPU seconds.'),
  connections_opened: count('Including the first of each connection.'),
})

/** What one machine measured of a load that several share: `pushcart perf --part 2/8` writes it, `pushcart merge` reads it. */
export const LoadPartFileSchema = object(
  {
    format: Type.Literal('pushcart load part'),
    version: Type.Literal(1),
    part: object({
      index: Type.Integer({ minimum: 1 }),
      of: Type.Integer({ minimum: 1, maximum: 64 }),
    }),
    spec: LoadSpecSchema,
    schedule_sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    target: object({ url: Type.String() }),
    clock: orNull(
      object({
        offset_ms: Type.Number({ description: "The service's clock minus that of this machine." }),
        uncertainty_ms: amount('Half of the interval that contains the offset.'),
      }),
      "By the service's date header; null without one.",
    ),
    warm_up: orNull(WarmUpSchema),
    environment: LoadEnvironmentSchema,
    generators: Type.Array(ReportSchema, { minItems: 1 }),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Part of a load, of pushcart perf --part, version 1',
  },
)

export type LoadPartFile = Shape<typeof LoadPartFileSchema>

const isLoadPart = new Ajv({ logger: false }).compile<LoadPartFile>(LoadPartFileSchema)

/** A file is no part of a load. `message` is one line. */
export class LoadPartError extends Error {
  override readonly name = 'LoadPartError'
}

/** @throws LoadPartError naming the first error */
export function parseLoadPart(json: string): LoadPartFile {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new LoadPartError('not a part of a load: not JSON')
  }
  if (isLoadPart(value)) return value
  const { instancePath = '', message = 'does not match the schema' } = isLoadPart.errors?.[0] ?? {}
  throw new LoadPartError(
    `not a part of a load of version 1: ${instancePath || 'the value'} ${message}`,
  )
}
