import { Ajv } from 'ajv'
import Type, { type Static } from 'typebox'
import { LoadSpecSchema } from './load-spec.ts'
import { OUTCOME_KINDS } from './outcome-kinds.ts'
import { OPERATIONS } from './schedule/operations.ts'

const strict = { additionalProperties: false }
const nullable = (description: string) =>
  Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description })
const count = (description: string) => Type.Integer({ minimum: 0, description })
const amount = (description: string) => Type.Number({ minimum: 0, description })
const text = (description: string) => Type.String({ description })

const Latency = Type.Object(
  {
    count: count('Samples.'),
    mean: nullable('Milliseconds, as all below.'),
    p50: nullable('null with fewer than 20 samples: each percentile needs 10 / (1 - p) of them.'),
    p90: nullable('100 samples.'),
    p95: nullable('200 samples.'),
    p99: nullable('1,000 samples.'),
    p999: nullable('10,000 samples.'),
    max: nullable('null without samples.'),
  },
  strict,
)

const histogram = text('HdrHistogram V2 of microseconds, compressed, base64: can be merged.')

const figures = {
  count: count('Operations that ended, in whatever way.'),
  succeeded: count('Of these, answered as the API promises.'),
  failed: count('Of these, neither succeeded nor interrupted.'),
  outcomes: Type.Array(
    Type.Object(
      {
        kind: Type.Enum([...OUTCOME_KINDS]),
        name: text('The status and error code, or the code of the network error.'),
        count: count('How often.'),
      },
      strict,
    ),
  ),
  response_time: Latency,
  service_time: Latency,
  histograms: Type.Object({ response_time: histogram, service_time: histogram }, strict),
}

const Second = Type.Object(
  {
    second: count('From the start of the run, the warm-up included.'),
    count: count('Operations intended for this second.'),
    ended: count('Operations that ended in it.'),
    errors: count('Failed ones of `count`.'),
    p50: nullable('Response time; from 2 samples on.'),
    p99: nullable('Response time; from 100 samples on.'),
    max: nullable('Response time.'),
    lag_max: amount('Worst lateness of the generator itself, milliseconds.'),
    utilisation: nullable('Share of the second in which the generator was busy.'),
  },
  strict,
)

const probability = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], { description })

const WarmUp = Type.Object(
  {
    seconds: amount('From the start of the run to what was measured.'),
    ended_by: Type.Enum(['steady', 'time', 'none', 'cut_off'], {
      description:
        'No trend in its last windows; its longest time; there was none; the run ended in it.',
    }),
    trend_p: Type.Object(
      {
        p50: probability('That there is no trend in the last windows; null with too few of them.'),
        rate: probability('The same of the rate.'),
      },
      strict,
    ),
    windows: Type.Array(
      Type.Object(
        {
          until: amount('Its end, seconds from the start of the run.'),
          p50: amount('Median response time of the successes in it, milliseconds.'),
          rate: amount('Successes a second.'),
        },
        strict,
      ),
    ),
  },
  strict,
)

export const LoadResultSchema = Type.Object(
  {
    format: Type.Literal('pushcart load result'),
    version: Type.Literal(1),
    started_at: text('ISO 8601 UTC.'),
    valid: Type.Boolean({ description: 'False when the generator was the bottleneck.' }),
    invalid_because: Type.Array(Type.String(), { description: 'One line each; empty when valid.' }),
    partial: Type.Boolean({ description: 'Whether it ended before its time.' }),
    cut_off: Type.Union([Type.String(), Type.Null()], { description: 'Why it did.' }),
    spec: LoadSpecSchema,
    schedule_sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    target: Type.Object({ url: Type.String() }, strict),
    warm_up: WarmUp,
    measured_s: amount('Seconds after the warm-up.'),
    offered_rate: nullable('Operations intended per measured second; null in the closed loop.'),
    achieved_rate: nullable('Successes per measured second, by when their answers came.'),
    retries: Type.Literal(0, { description: 'The generator repeats nothing.' }),
    overall: Type.Object(figures, strict),
    operations: Type.Array(
      Type.Object({ operation: Type.Enum([...OPERATIONS]), ...figures }, strict),
    ),
    series: Type.Array(Second),
    generator: Type.Object(
      {
        utilisation: amount('Share of the measured time in which it was busy, 0-1.'),
        cpu_s: amount('CPU seconds in the measured time.'),
        lag: Latency,
        connections_opened: count('The first of each connection included.'),
      },
      strict,
    ),
    environment: Type.Object(
      {
        pushcart_version: Type.String(),
        system: Type.String(),
        cpu: Type.String(),
        cores: Type.Integer(),
        memory_gib: Type.Number(),
        node: Type.String(),
      },
      strict,
    ),
  },
  {
    ...strict,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Result of pushcart perf under load, version 1',
  },
)

/** One run of a load against one service, as `pushcart perf --output` writes it; `load-result.schema.json`. */
export type LoadResult = Static<typeof LoadResultSchema>
/** One second of `series`. */
export type LoadSecond = Static<typeof Second>
/** Times in milliseconds. */
export type Latency = Static<typeof Latency>
/** One entry of `operations`. */
export type OperationFigures = LoadResult['operations'][number]

/** A file or value is no load result. `message` is one line. */
export class LoadResultError extends Error {
  override readonly name = 'LoadResultError'
}

const isLoadResult = new Ajv({ logger: false }).compile<LoadResult>(LoadResultSchema)

/** @throws LoadResultError naming the first thing that is wrong */
export function requireLoadResult(value: unknown): LoadResult {
  if (isLoadResult(value)) return value
  const { instancePath = '', message = 'it is not' } = isLoadResult.errors?.[0] ?? {}
  throw new LoadResultError(`no load result of version 1: ${instancePath || 'it'} ${message}`)
}

/**
 * Reads what `pushcart perf --output` wrote.
 *
 * @throws LoadResultError in one line for a damaged or foreign file
 */
export function parseLoadResult(json: string): LoadResult {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new LoadResultError('no load result: it is not JSON')
  }
  return requireLoadResult(value)
}
