import { blockMetrics } from '../../results/block-metrics.ts'
import { tooFewBlocks } from '../../results/enough-blocks.ts'
import { type SideFigures, sideFigures } from '../../results/figures.ts'
import { type NoisePart, noiseFloors } from '../../results/noise.ts'
import type { LoadPart } from '../../results/schemas.ts'
import type { Side } from '../../results/side.ts'
import { validBlocks } from '../../results/slots.ts'
import {
  BLOCK_RULES,
  type BlockComparison,
  type BlockMetric,
  type BlockRules,
  compareBlocks,
} from '../../stats/compare-blocks.ts'

/** Results of the blocks of a load. */
export interface LoadFindings {
  readonly load: LoadPart
  readonly sides: readonly LoadSide[]
  /** Valid blocks, numbered from 0. */
  readonly valid: readonly number[]
  /** All blocks that were run. */
  readonly blocks: readonly number[]
  /** Why the load is inconclusive; `null` with enough valid blocks. */
  readonly tooFew: string | null
  /** The first target compared with each of the others. */
  readonly pairs: readonly LoadPair[]
  /** Whether both targets are the same service, so that every difference is noise. */
  readonly self: boolean
  readonly rules: BlockRules
  /** The A/A run that the verdicts take the noise from; `null` if none was given. */
  readonly noise: NoisePart | null
}

export interface LoadSide {
  readonly side: Side
  /** Index among all targets. */
  readonly place: number
  /** Over all valid blocks. */
  readonly figures: SideFigures
}

export interface LoadPair {
  readonly a: LoadSide
  readonly b: LoadSide
  /** Their keys, `a:b`. */
  readonly key: string
  readonly metrics: readonly BlockMetric[]
  /** In the order of `metrics`. */
  readonly comparisons: readonly BlockComparison[]
  /** The comparison in the verdict's headline, see `headlineMetric`. */
  readonly headline: BlockComparison | null
  /** Its ratio with the invalid blocks included; `null` without a ratio. */
  readonly headlineOfAll: number | null
}

/**
 * Compares the first target with each of the others by their valid blocks.
 *
 * @param noise of an A/A run: no target is called faster unless the difference is beyond it
 */
export function findLoad(
  load: LoadPart,
  sides: readonly Side[],
  noise: NoisePart | null = null,
): LoadFindings {
  const floors = noise === null ? undefined : noiseFloors(noise)
  const rules = { ...BLOCK_RULES, margin: load.margin, noise: floors }
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
    noise,
  }
}

/** All figures of all pairs form one family of tests, which bounds the family-wise error rate of the report by 5 %. */
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
 * The median of cart reads, the most frequent operation; without reads, that of all operations. Fixed before the
 * measurement, because choosing the headline by its result would inflate its significance.
 */
function headlineMetric<T extends { readonly name: string }>(figures: readonly T[]): T | null {
  const named = (name: string) => figures.find((figure) => figure.name === name)
  return named('get_cart.p50') ?? named('overall.p50') ?? null
}

/** Whether two targets are one service, as with `compare --self`: one address, or one store that the comparison started. */
function isSelf(sides: readonly Side[]): boolean {
  const [a, b] = sides
  if (a === undefined || b === undefined || sides.length !== 2) return false
  const same =
    a.address === b.address && a.store === b.store && a.read_consistency === b.read_consistency
  return same && (a.address !== null || a.store !== null)
}
