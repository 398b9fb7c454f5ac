import { blockMetrics } from '../../blocks/metrics.ts'
import type { Side } from '../../compare/side.ts'
import type { ComparisonFile } from '../../results/comparison-file.ts'
import type { LoadPart } from '../../results/schemas.ts'
import type { Interval } from '../../stats/bootstrap.ts'
import { BLOCK_RULES, type BlockRules } from '../../stats/compare-blocks.ts'
import { holm } from '../../stats/holm.ts'
import { median } from '../../stats/median.ts'
import { compareSamples } from '../../stats/two-sample.ts'
import { differencesOf } from './differences.ts'

/** Changes between two results of `pushcart compare`, for each target that is in both. */
export interface RunComparison {
  readonly older: RunName
  readonly newer: RunName
  /** Other differences of the runs, which may explain those of the figures. */
  readonly differences: readonly string[]
  readonly sides: readonly SideChange[]
  readonly rules: BlockRules
}

export interface RunName {
  readonly started_at: string
  readonly pushcart_version: string
}

export interface SideChange {
  readonly side: Side
  /** Valid blocks of each run. */
  readonly blocks: { readonly older: number; readonly newer: number }
  readonly changes: readonly MetricChange[]
}

export type ChangeVerdict = 'faster' | 'slower' | 'equivalent' | 'inconclusive' | 'not_measurable'

export interface MetricChange {
  /** Such as `get_cart.p99`. */
  readonly name: string
  /** Median over the blocks, milliseconds. */
  readonly older: number | null
  readonly newer: number | null
  /** Newer divided by older: below 1 is faster. `null` if not measurable, like all fields below. */
  readonly ratio: number | null
  readonly interval: Interval | null
  /** Adjusted by Holm's method over all figures of all targets. */
  readonly adjusted_p: number | null
  readonly verdict: ChangeVerdict
}

/**
 * Compares two runs by their blocks. Blocks of two runs are not paired, so the test permutes the blocks of a target
 * between the runs (`permutationP`) instead of flipping signs.
 */
export function compareRuns(older: ComparisonFile, newer: ComparisonFile): RunComparison {
  const rules = {
    ...BLOCK_RULES,
    margin: Math.max(older.load?.margin ?? 0, newer.load?.margin ?? 0),
  }
  const found = older.environment.sides.flatMap((side) => {
    const other = newer.environment.sides.find(({ key }) => key === side.key)
    if (other === undefined || older.load === null || newer.load === null) return []
    return [
      {
        side: other,
        before: valuesOf(older.load, side.key, older.environment.sides.length),
        after: valuesOf(newer.load, side.key, newer.environment.sides.length),
      },
    ]
  })
  const measured = found.flatMap(({ side, before, after }) =>
    [...before].map(([name, values]) => measure(side, name, values, after.get(name) ?? [])),
  )
  const judged = adjust(measured, rules)
  return {
    older: nameOf(older),
    newer: nameOf(newer),
    differences: differencesOf(older, newer),
    sides: found.map(({ side, before, after }) => ({
      side,
      blocks: { older: blocksIn(before), newer: blocksIn(after) },
      changes: judged.filter((one) => one.side === side).map(({ change }) => change),
    })),
    rules,
  }
}

type Values = readonly (number | null)[]

/** Every figure of a target in its valid blocks. */
function valuesOf(load: LoadPart, side: string, sides: number): Map<string, Values> {
  const metrics = blockMetrics(load.slots, { a: side, b: side }, sides)
  return new Map(metrics.map(({ name, a }) => [name, a]))
}

function blocksIn(values: ReadonlyMap<string, Values>): number {
  return [...values.values()][0]?.length ?? 0
}

interface UntestedChange {
  readonly side: Side
  readonly change: Omit<MetricChange, 'verdict' | 'adjusted_p'>
  readonly p: number | null
}

/** Not measurable unless every block has the figure, since dropping blocks would bias it. */
function measure(side: Side, name: string, older: Values, newer: Values): UntestedChange {
  const [before, after] = [whole(older), whole(newer)]
  const times = {
    older: before === null ? null : median(before),
    newer: after === null ? null : median(after),
  }
  if (before === null || after === null)
    return { side, p: null, change: { name, ...times, ratio: null, interval: null } }
  const { ratio, interval, p } = compareSamples(before, after)
  return { side, p, change: { name, ...times, ratio, interval } }
}

function whole(values: Values): number[] | null {
  const known = values.filter((value) => value !== null).filter((value) => value > 0)
  return known.length === 0 || known.length < values.length ? null : known
}

function adjust(
  measured: readonly UntestedChange[],
  rules: BlockRules,
): { readonly side: Side; readonly change: MetricChange }[] {
  const tested = measured.filter(({ p }) => p !== null)
  const adjusted = holm(tested.map(({ p }) => p ?? 1))
  const adjustedOf = new Map(tested.map((one, place) => [one, adjusted[place] ?? 1]))
  return measured.map((one) => {
    const change = { ...one.change, adjusted_p: adjustedOf.get(one) ?? null }
    return { side: one.side, change: { ...change, verdict: verdictOf(change, rules) } }
  })
}

function verdictOf(
  { ratio, interval, adjusted_p }: Omit<MetricChange, 'verdict'>,
  { margin, alpha }: BlockRules,
): ChangeVerdict {
  if (ratio === null || adjusted_p === null) return 'not_measurable'
  if (interval === null) return 'inconclusive'
  const within = (value: number) => value <= 1 + margin && value >= 1 / (1 + margin)
  if (adjusted_p <= alpha && !within(ratio)) {
    if (interval.high < 1) return 'faster'
    if (interval.low > 1) return 'slower'
  }
  return within(interval.low) && within(interval.high) ? 'equivalent' : 'inconclusive'
}

function nameOf({ environment }: ComparisonFile): RunName {
  const { started_at, pushcart_version } = environment
  return { started_at, pushcart_version }
}
