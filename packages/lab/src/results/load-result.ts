import { Ajv } from 'ajv'
import Type from 'typebox'
import { LoadSpecSchema } from './load-spec.ts'
import { OPERATIONS } from './operations.ts'
import {
  amount,
  count,
  amountOrNull as nullable,
  object,
  orNull,
  type Shape,
  text,
} from './shape.ts'

/** How an operation of a load can end. */
export const OUTCOME_KINDS = [
  /** The status that the API promises; for a create, with a cart id. */
  'ok',
  /** Another status: below 400, 4xx, 5xx. */
  'unexpected_status',
  'client_error',
  'server_error',
  /** The promised status with an unexpected body, such as that of another cart. */
  'bad_answer',
  /** No response within the spec's `timeout_ms`. */
  'timeout',
  /** The connection failed or broke; `name` is the system's error code. */
  'network',
  /** Not sent, because the shopper's cart could not be created. */
  'no_cart',
  /** Not sent, because no connection became free before the end of the run. */
  'unsent',
  /** In flight when the run was interrupted: neither succeeded nor failed. */
  'interrupted',
] as const

export type OutcomeKind = (typeof OUTCOME_KINDS)[number]

export const LatencySchema = object({
  count: count('Samples.'),
  mean: nullable('Milliseconds, as all below.'),
  p50: nullable('null with fewer than 20 samples: a percentile requires 10 / (1 - p) samples.'),
  p90: nullable('100 samples.'),
  p95: nullable('200 samples.'),
  p99: nullable('1,000 samples.'),
  p999: nullable('10,000 samples.'),
  max: nullable('null without samples.'),
})

const histogram = text(
  'HdrHistogram V2 of microseconds, compressed, base64. Histograms can be merged.',
)

const generatorFigures = {
  utilisation: amount('Share of the measured time in which it was busy, 0-1.'),
  cpu_s: amount('CPU seconds in the measured time.'),
  lag: LatencySchema,
}

const figures = {
  count: count('Operations that ended, with any outcome.'),
  succeeded: count('Of these, responses as the API promises.'),
  failed: count('Of these, neither succeeded nor interrupted.'),
  outcomes: Type.Array(
    object({
      kind: Type.Enum([...OUTCOME_KINDS]),
      name: text('The status and error code, or the code of the network error.'),
      count: count('Number of operations.'),
    }),
  ),
  response_time: LatencySchema,
  service_time: LatencySchema,
  histograms: object({ response_time: histogram, service_time: histogram }),
}

const Second = object({
  second: count('From the start of the run, including the warm-up.'),
  count: count('Operations intended for this second.'),
  ended: count('Operations that ended in it.'),
  errors: count('Of `count`, those that failed.'),
  p50: nullable('Response time; requires 2 samples.'),
  p99: nullable('Response time; requires 100 samples.'),
  max: nullable('Response time.'),
  lag_max: amount('Maximum lag of the generator, milliseconds.'),
  utilisation: nullable('Share of the second in which the generator was busy, 0-1.'),
  response_times: Type.Optional(histogram),
})

const probability = (description: string) =>
  orNull(Type.Number({ minimum: 0, maximum: 1 }), description)

const WarmUp = object({
  seconds: amount('From the start of the run to the first measured second.'),
  ended_by: Type.Enum(['steady', 'time', 'none', 'cut_off'], {
    description:
      'steady: no trend in the last windows; time: the maximum was reached; none: no warm-up; cut_off: the run ended during it.',
  }),
  trend_p: object({
    p50: probability('p-value of no trend in the last windows; null with too few windows.'),
    rate: probability('Likewise for the rate.'),
  }),
  windows: Type.Array(
    object({
      until: amount('End of the window, seconds from the start of the run.'),
      p50: amount('Median response time of the successes in it, milliseconds.'),
      rate: amount('Successes per second.'),
    }),
  ),
})

export const LoadEnvironmentSchema = object({
  pushcart_version: Type.String(),
  system: Type.String(),
  cpu: Type.String(),
  cores: Type.Integer(),
  memory_gib: Type.Number(),
  node: Type.String(),
})

export const LoadResultSchema = object(
  {
    format: Type.Literal('pushcart load result'),
    version: Type.Literal(1),
    started_at: text('ISO 8601 UTC.'),
    valid: Type.Boolean({ description: 'False when the generator was the bottleneck.' }),
    invalid_because: Type.Array(Type.String(), { description: 'One line each; empty when valid.' }),
    partial: Type.Boolean({ description: 'Whether it ended before the intended time.' }),
    cut_off: orNull(Type.String(), 'Why it ended early.'),
    spec: LoadSpecSchema,
    schedule_sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    target: object({ url: Type.String() }),
    warm_up: WarmUp,
    measured_s: amount('Seconds after the warm-up.'),
    offered_rate: nullable('Operations intended per measured second; null in the closed loop.'),
    achieved_rate: nullable('Successes per measured second, by the time of the response.'),
    retries: Type.Literal(0, { description: 'The generator never retries.' }),
    overall: object(figures),
    operations: Type.Array(object({ operation: Type.Enum([...OPERATIONS]), ...figures })),
    series: Type.Array(Second),
    generator: object(
      {
        ...generatorFigures,
        connections_opened: count('Including the first of each connection.'),
        each: Type.Optional(
          Type.Array(
            object({
              count: count('Operations that ended, with any outcome.'),
              failed: count('Of these, neither succeeded nor interrupted.'),
              ...generatorFigures,
            }),
            { description: 'Each of several generators that shared the load.' },
          ),
        ),
      },
      {
        description:
          'Of several generators: the utilisation of the busiest, the sum of the CPU seconds, all lags.',
      },
    ),
    environment: LoadEnvironmentSchema,
    parts: Type.Optional(
      Type.Array(
        object({
          started_at: text("ISO 8601 UTC, by the service's clock where that is known."),
          clock_offset_ms: orNull(Type.Number(), "The service's clock minus the machine's."),
          environment: LoadEnvironmentSchema,
        }),
        { description: 'The machines whose parts were merged.' },
      ),
    ),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Result of pushcart perf under load, version 1',
  },
)

/** One run of a load against one target, as `pushcart perf --output` writes it; published as `load-result.schema.json`. */
export type LoadResult = Shape<typeof LoadResultSchema>
/** One second of `series`. */
export type LoadSecond = Shape<typeof Second>
/** Times in milliseconds. */
export type Latency = Shape<typeof LatencySchema>
/** One entry of `operations`. */
export type OperationFigures = LoadResult['operations'][number]

/** A file or value is not a load result. `message` is one line. */
export class LoadResultError extends Error {
  override readonly name = 'LoadResultError'
}

const isLoadResult = new Ajv({ logger: false }).compile<LoadResult>(LoadResultSchema)

/** @throws LoadResultError naming the first error */
export function requireLoadResult(value: unknown): LoadResult {
  if (isLoadResult(value)) return value
  const { instancePath = '', message = 'does not match the schema' } =
    isLoadResult.errors?.[0] ?? {}
  throw new LoadResultError(
    `not a load result of version 1: ${instancePath || 'the value'} ${message}`,
  )
}

/**
 * Reads a file that `pushcart perf --output` wrote.
 *
 * @throws LoadResultError in one line for a damaged or foreign file
 */
export function parseLoadResult(json: string): LoadResult {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new LoadResultError('not a load result: not JSON')
  }
  return requireLoadResult(value)
}
