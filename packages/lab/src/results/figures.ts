import {
  decodeHistogram,
  type LatencySummary,
  mergeHistograms,
  summariseHistogram,
} from '../stats/histogram.ts'
import { figuresOf } from './block-metrics.ts'
import type { ComparisonFile } from './comparison-file.ts'
import { OPERATIONS } from './operations.ts'
import type { LoadPart } from './schemas.ts'
import { validBlocks } from './slots.ts'
import type { Figures } from './thresholds/check.ts'

const LATENCIES = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const
const RATES = ['achieved_rate', 'error_rate'] as const

/** The names of the targets in conditions, in their order. */
const LETTERS = ['a', 'b', 'c', 'd'] as const

/**
 * The figures of a comparison that conditions can name: `a.get_cart.p99` (milliseconds, of all valid blocks merged),
 * `a.overall.p50`, `b.achieved_rate` (successes per second, mean of the blocks) and `b.error_rate` (0-1).
 * `a` is the first target, `b` the second, `c` the third.
 */
export const comparisonFigures = {
  names(sides: number): string[] {
    return LETTERS.slice(0, sides).flatMap((letter) => [
      ...[...OPERATIONS, 'overall'].flatMap((group) =>
        LATENCIES.map((latency) => `${letter}.${group}.${latency}`),
      ),
      ...RATES.map((rate) => `${letter}.${rate}`),
    ])
  },
  of({ environment, load }: Pick<ComparisonFile, 'environment' | 'load'>): Figures {
    const { sides } = environment
    const figures = new Map<string, number | null>()
    for (const [place, { key }] of sides.entries())
      if (load !== null)
        addSide(figures, LETTERS[place] ?? key, sideFigures(load, key, sides.length))
    return figures
  },
}

export interface SideFigures {
  /** Response times of all valid blocks, by operation and `overall`. */
  readonly latency: ReadonlyMap<string, LatencySummary>
  readonly achieved_rate: number | null
  readonly error_rate: number | null
}

/** The figures of one target over its valid blocks. Histograms are merged; percentiles are never averaged. */
export function sideFigures(load: LoadPart, side: string, sides: number): SideFigures {
  const valid = new Set(validBlocks(load.slots, sides))
  const results = load.slots
    .filter((slot) => slot.side === side && valid.has(slot.block))
    .map(({ result }) => result)
  const merged = (histograms: readonly string[]) =>
    summariseHistogram(mergeHistograms(histograms.map(decodeHistogram)))
  const groups = OPERATIONS.map((operation) => {
    const own = results.flatMap((result) => figuresOf(result, operation) ?? [])
    return [operation, own.map(({ histograms }) => histograms.response_time)] as const
  })
  const overall = results.map((result) => result.overall.histograms.response_time)
  const latency = new Map<string, LatencySummary>()
  for (const [group, histograms] of [...groups, ['overall', overall] as const])
    if (histograms.length > 0) latency.set(group, merged(histograms))
  const total = (of: 'failed' | 'count') =>
    results.reduce((sum, result) => sum + result.overall[of], 0)
  const rates = results.flatMap(({ achieved_rate }) => achieved_rate ?? [])
  return {
    latency,
    achieved_rate:
      rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
    error_rate: total('count') === 0 ? null : total('failed') / total('count'),
  }
}

function addSide(
  figures: Map<string, number | null>,
  letter: string,
  { latency, achieved_rate, error_rate }: SideFigures,
): void {
  for (const [group, summary] of latency)
    for (const name of LATENCIES) figures.set(`${letter}.${group}.${name}`, summary[name])
  figures.set(`${letter}.achieved_rate`, achieved_rate)
  figures.set(`${letter}.error_rate`, error_rate)
}
