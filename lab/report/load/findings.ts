import { tooFewBlocks } from '../../blocks/enough-blocks.ts'
import { blockMetrics } from '../../blocks/metrics.ts'
import { validBlocks } from '../../blocks/slots.ts'
import type { Side } from '../../compare/side.ts'
import { type SideFigures, sideFigures } from '../../results/figures.ts'
import type { LoadPart } from '../../results/schemas.ts'
import {
  BLOCK_RULES,
  type BlockComparison,
  type BlockMetric,
  type BlockRules,
  compareBlocks,
} from '../../stats/compare-blocks.ts'

/** What the blocks of a load show. */
export interface LoadFindings {
  readonly load: LoadPart
  readonly sides: readonly LoadSide[]
  /** Numbers of the blocks that count, from 0. */
  readonly valid: readonly number[]
  /** Numbers of all blocks that were run. */
  readonly blocks: readonly number[]
  /** Why they prove nothing; `null` when there are enough valid ones. */
  readonly tooFew: string | null
  /** The first side against each of the others. */
  readonly pairs: readonly LoadPair[]
  /** Whether both sides are one service, so that every difference is noise. */
  readonly self: boolean
  readonly rules: BlockRules
}

export interface LoadSide {
  readonly side: Side
  /** Among all sides, from 0. */
  readonly place: number
  /** Of all valid blocks. */
  readonly figures: SideFigures
}

export interface LoadPair {
  readonly a: LoadSide
  readonly b: LoadSide
  /** `a:b`, their keys. */
  readonly key: string
  readonly metrics: readonly BlockMetric[]
  /** In the order of `metrics`. */
  readonly comparisons: readonly BlockComparison[]
  /** The comparison that the verdict's sentence is about, see `headlineMetric`. */
  readonly headline: BlockComparison | null
  /** Its ratio if the invalid blocks counted, too: whether leaving them out decided. `null` where it has none. */
  readonly headlineOfAll: number | null
}

/** Compares the first side with each of the others by their valid blocks. */
export function findLoad(load: LoadPart, sides: readonly Side[]): LoadFindings {
  const rules = { ...BLOCK_RULES, margin: load.margin }
  const all = sides.map((side, place) => ({
    side,
    place,
    figures: sideFigures(load, side.key, sides.length),
  }))
  const [first, ...others] = all
  return {
    load,
    sides: all,
    valid: validBlocks(load.slots, sides.length),
    blocks: [...new Set(load.slots.map(({ block }) => block))].sort((a, b) => a - b),
    tooFew: tooFewBlocks(load, sides.length),
    pairs: first === undefined ? [] : comparePairs(load, first, others, rules),
    self: isSelf(sides),
    rules,
  }
}

/** All figures of all pairs are one family of tests, so that the whole report claims a difference by chance in at most 5 %. */
function comparePairs(
  load: LoadPart,
  a: LoadSide,
  others: readonly LoadSide[],
  rules: BlockRules,
): LoadPair[] {
  const metricsOf = (slots: LoadPart['slots'], b: LoadSide) =>
    blockMetrics(slots, { a: a.side.key, b: b.side.key }, others.length + 1)
  const whole = load.slots.map((slot) => ({ ...slot, result: { ...slot.result, valid: true } }))
  const pairs = others.map((b) => {
    const headline = headlineMetric(metricsOf(whole, b))
    return {
      a,
      b,
      key: `${a.side.key}:${b.side.key}`,
      metrics: metricsOf(load.slots, b),
      headlineOfAll: headline === null ? null : (compareBlocks([headline])[0]?.ratio ?? null),
    }
  })
  const all = pairs.flatMap(({ metrics }) => metrics)
  const compared = compareBlocks(all, rules, headlineMetric(pairs[0]?.metrics ?? []))
  return pairs.map((pair) => {
    const comparisons = compared.splice(0, pair.metrics.length)
    return { ...pair, comparisons, headline: headlineMetric(comparisons) }
  })
}

/**
 * The median of the gets, since a cart is read more often than changed; without gets, of all operations. Decided
 * before anything is measured: a headline chosen by its result would claim too much.
 */
function headlineMetric<T extends { readonly name: string }>(figures: readonly T[]): T | null {
  const named = (name: string) => figures.find((figure) => figure.name === name)
  return named('get_cart.p50') ?? named('overall.p50') ?? null
}

/** Two sides at one address, told apart by a letter alone: `compare --self`. */
function isSelf(sides: readonly Side[]): boolean {
  const [a, b] = sides
  if (a === undefined || b === undefined || sides.length !== 2) return false
  const bare = ({ label }: Side) => label.replace(/ [AB]$/, '')
  return a.address === b.address && bare(a) === bare(b) && a.store === b.store
}
