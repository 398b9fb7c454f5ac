import { createRandom, type Random } from '../../packages/lab/src/random/random.ts'
import type { ComparisonParts } from '../../packages/lab/src/results/comparison-file.ts'
import { type LoadResult, requireLoadResult } from '../../packages/lab/src/results/load-result.ts'
import type { LoadSpec } from '../../packages/lab/src/results/load-spec.ts'
import type { LoadPart, OperationsPart } from '../../packages/lab/src/results/schemas.ts'
import type { Side } from '../../packages/lab/src/results/side.ts'
import {
  createHistogram,
  encodeHistogram,
  type Histogram,
  mergeHistograms,
  recordTime,
  summariseHistogram,
} from '../../packages/lab/src/stats/histogram.ts'
import {
  consistency,
  environment,
  records,
  scattered,
} from '../../packages/lab/test/report/fixtures.ts'
import { loadResult } from './load-result.ts'
import { normal } from './normal.ts'

/** How a made-up side behaves. */
export interface Behaviour {
  readonly side: Side
  /** Median of its gets, milliseconds; adds take twice that. */
  readonly ms: number
  /** Requests of each run that fail, beside the 1,200 that succeed. */
  readonly failed?: number
  readonly watched?: Partial<LoadPart['slots'][number]['watched']>
}

/** Two sides that differ only in their times. */
export function twoSides(a: Side, msOfA: number, b: Side, msOfB: number): Behaviour[] {
  return [
    { side: a, ms: msOfA },
    { side: b, ms: msOfB },
  ]
}

export interface MadeUpComparison {
  readonly seed?: number
  readonly blocks?: number
  readonly wanted?: number
  readonly spec?: Partial<LoadSpec>
  /** Numbers of blocks in which the generator was the bottleneck on the first side. */
  readonly invalid?: readonly number[]
  /** Factor on the second side's times in a block. */
  readonly disturbed?: Readonly<Record<number, number>>
  /** Growth of all times from the first block to the last, as a share. */
  readonly drift?: number
  readonly capacity?: ComparisonParts['capacity']
  /** In so many blocks, from the first, the warm-up was ended by time. */
  readonly unsteady?: number
  /** Other rates at which the load was run, too; above 1,000 a second only half is answered. */
  readonly rates?: readonly number[]
  /** Whether single operations were probed, too; a number is a factor on what they take. */
  readonly probed?: boolean | number
  /** How busy the generator was in invalid blocks, percent. */
  readonly busy?: number
}

/** What is seen of a service that reports nothing. */
export const NOTHING_SEEN = {
  service_cpu_s: null,
  service_memory_bytes: null,
  database_cpu_s: null,
  database_memory_bytes: null,
  database_disk_bytes: null,
  connections: null,
  read_units: null,
  write_units: null,
  store_retries: null,
  store_throttles: null,
}

/** The parts of a comparison under load, as a run gives them; the same for the same arguments. */
export function madeUpComparison(
  behaviours: readonly Behaviour[],
  options: MadeUpComparison = {},
): ComparisonParts {
  const {
    seed = 1,
    blocks = 10,
    wanted = blocks,
    invalid = [],
    disturbed = {},
    drift = 0,
  } = options
  const random = createRandom(seed)
  const sides = behaviours.map(({ side }) => side)
  const slots = Array.from({ length: blocks }, (_, block) => {
    const machine = 1 + 0.05 * normal(random) + (drift * block) / blocks
    const order = random.integer(0, 1) === 0 ? behaviours : behaviours.toReversed()
    return order.map(({ side, ms, failed = 0, watched }, place) => {
      const nth = sides.indexOf(side)
      const factor = machine * (nth === 1 ? (disturbed[block] ?? 1) : 1)
      const started = Date.UTC(2026, 2, 1, 12, 0, 8 * (block * sides.length + place))
      return {
        block,
        place,
        side: side.key,
        result: madeUpResult(random, {
          ms: ms * factor * (1 + 0.03 * normal(random)),
          failed,
          started,
          hash: String(block % 10).repeat(64),
          valid: !(nth === 0 && invalid.includes(block)),
          busy: options.busy,
          steady: block >= (options.unsteady ?? 0),
          spec: { ...options.spec, seed: seed + block },
        }),
        watched: { ...NOTHING_SEEN, ...growing(watched, block) },
      }
    })
  }).flat()
  const first = slots[0]
  if (first === undefined) throw new RangeError('a comparison needs blocks')
  return {
    environment: environment(sides),
    quick_look: behaviours.flatMap(({ side, ms }, place) =>
      records(side.key, scattered(ms, seed + place)),
    ),
    consistency: sides.flatMap(({ key }) => consistency(key)),
    load: { spec: { ...first.result.spec, seed }, blocks: wanted, margin: 0.05, slots },
    capacity: options.capacity ?? null,
    ...(options.rates && {
      growth: {
        sides: behaviours.map(({ side, ms, watched }, nth) => ({
          side: side.key,
          runs:
            options.rates?.map((rate, step) => ({
              result: atRate(
                rate,
                madeUpResult(random, {
                  ms: ms * (1 + step / 10),
                  failed: 0,
                  started: Date.UTC(2026, 2, 1, 13, nth, step),
                  hash: 'f'.repeat(64),
                  valid: true,
                  busy: undefined,
                  spec: { ...options.spec, seed },
                }),
              ),
              watched: { ...NOTHING_SEEN, ...growing(watched, step) },
            })) ?? [],
        })),
      },
    }),
    ...(options.probed && {
      operations: { sides: sides.map((side) => probedSide(side, Number(options.probed))) },
    }),
  }
}

/** What single operations take of a side, as the probe of them tells. */
function probedSide({ key, store }: Side, factor: number): OperationsPart['sides'][number] {
  const dynamodb = store === 'dynamodb'
  const operation = (
    name: OperationsPart['sides'][number]['operations'][number]['operation'],
    read_consistency: 'strong' | 'eventual' | null,
    read: number,
    write: number,
  ) => ({
    operation: name,
    read_consistency,
    count: 200,
    failed: 0,
    service_cpu_s: 2e-4 * factor,
    database_cpu_s: dynamodb ? null : 3e-4 * factor,
    read_units: dynamodb ? read * factor : null,
    write_units: dynamodb ? write * factor : null,
  })
  return {
    side: key,
    clients: 1,
    lines: 5,
    listed: 10,
    operations: [
      operation('create_cart', null, 0, 2),
      operation('add_items', null, 0, 1),
      operation('get_cart', 'strong', 1, 0),
      operation('get_cart', 'eventual', 0.5, 0),
    ],
    cart_bytes: 900 * factor,
    cart_bytes_by: dynamodb ? 'units' : 'disk',
  }
}

/** What was seen grows a little from block to block, so that a sum, a mean and a maximum differ. */
function growing(watched: Behaviour['watched'] = {}, block: number): Behaviour['watched'] {
  const grown = Object.entries(watched).map(([name, value]) => [
    name,
    value === null ? null : value * (1 + block),
  ])
  return Object.fromEntries(grown)
}

interface MadeUpRun {
  readonly ms: number
  readonly failed: number
  readonly started: number
  readonly hash: string
  readonly valid: boolean
  readonly busy: number | undefined
  readonly steady?: boolean
  readonly spec: Partial<LoadSpec>
}

const SECONDS = 5
const PER_SECOND = 300

function madeUpResult(random: Random, run: MadeUpRun): LoadResult {
  const base = loadResult({
    valid: run.valid,
    ...(run.busy !== undefined && { busy: run.busy }),
    ...(run.steady !== undefined && { steady: run.steady }),
    spec: { duration_s: SECONDS - 1, ...run.spec },
  })
  const histograms = { add_items: createHistogram(), get_cart: createHistogram() }
  const series = Array.from({ length: SECONDS }, (_, second) => {
    const own = createHistogram()
    for (let sample = 0; sample < PER_SECOND; sample++) {
      const add = sample % 2 === 0
      // A long tail, as answers have one: the logarithm is normal, and one in two hundred waits.
      const ms =
        (add ? 2 : 1) * run.ms * Math.exp(0.35 * normal(random)) +
        (random.integer(1, 200) === 1 ? 12 * run.ms : 0)
      recordTime(own, 1000 * ms)
      if (second > 0) recordTime(histograms[add ? 'add_items' : 'get_cart'], 1000 * ms)
    }
    return {
      ...(base.series[0] as LoadResult['series'][number]),
      second,
      count: PER_SECOND,
      ended: PER_SECOND,
      p50: own.getValueAtPercentile(50) / 1000,
      p99: own.getValueAtPercentile(99) / 1000,
      max: own.maxValue / 1000,
    }
  })
  const operations = (['add_items', 'get_cart'] as const).map((operation) => ({
    operation,
    ...figures(histograms[operation]),
  }))
  return requireLoadResult({
    ...base,
    started_at: new Date(run.started).toISOString(),
    schedule_sha256: run.hash,
    warm_up: { ...base.warm_up, seconds: 1 },
    measured_s: SECONDS - 1,
    offered_rate: base.spec.loop === 'open' ? PER_SECOND : null,
    achieved_rate: PER_SECOND,
    overall: figures(mergeHistograms([histograms.add_items, histograms.get_cart]), run.failed),
    operations,
    series,
  })
}

function atRate(rate: number, result: LoadResult): LoadResult {
  return {
    ...result,
    spec: { ...result.spec, rate },
    offered_rate: rate,
    achieved_rate: rate > 1000 ? rate / 2 : rate,
  }
}

/** @param failed requests beside those in the histogram */
function figures(histogram: Histogram, failed = 0) {
  const times = summariseHistogram(histogram)
  const text = encodeHistogram(histogram)
  return {
    count: times.count + failed,
    succeeded: times.count,
    failed,
    outcomes: [{ kind: 'ok' as const, name: 'ok', count: times.count }],
    response_time: times,
    service_time: times,
    histograms: { response_time: text, service_time: text },
  }
}
