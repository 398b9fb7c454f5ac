import type { PerKind } from '../cost/inputs.ts'
import { OPERATION_KINDS, type OperationKind } from '../results/operation-kinds.ts'

/** A stretch of time in which the number of shoppers goes evenly from one number to another. */
export interface Phase {
  readonly seconds: number
  readonly from: number
  readonly to: number
}

/** What shoppers do, and how many there are when. */
export interface Workload {
  readonly phases: readonly Phase[]
  /** Operations per second of one shopper who is in the shop. */
  readonly shopper_rate: number
  /** Shares of the kinds of operation; they need not sum to 1. */
  readonly mix: PerKind
  /** Carts that are chosen from. */
  readonly carts: number
  /** Zipf exponent of the choice among them: 0 is uniform, YCSB's usual skew 0.99. */
  readonly skew: number
  /** Share of all operations that goes to one cart besides: 0, unless something went viral. */
  readonly hot_share: number
}

/** Shoppers in the shop at a moment, in seconds from the start. */
export function shoppersAt({ phases }: Pick<Workload, 'phases'>, second: number): number {
  let begin = 0
  for (const { seconds, from, to } of phases) {
    if (second < begin + seconds) return from + ((to - from) * (second - begin)) / seconds
    begin += seconds
  }
  return phases.at(-1)?.to ?? 0
}

export function duration({ phases }: Pick<Workload, 'phases'>): number {
  return phases.reduce((sum, { seconds }) => sum + seconds, 0)
}

/** The mix as shares that sum to 1. */
export function sharesOf(mix: PerKind): readonly (readonly [OperationKind, number])[] {
  const sum = OPERATION_KINDS.reduce((total, kind) => total + (mix[kind] ?? 0), 0)
  return OPERATION_KINDS.filter((kind) => (mix[kind] ?? 0) > 0).map(
    (kind) => [kind, (mix[kind] ?? 0) / sum] as const,
  )
}

/** Mean over the mix of what a kind takes; a kind that is not in `each` takes nothing. */
export function mixMean(mix: PerKind, each: PerKind): number {
  return sharesOf(mix).reduce((sum, [kind, share]) => sum + share * (each[kind] ?? 0), 0)
}

/** Kinds that change a cart. */
export function isWrite(kind: OperationKind): boolean {
  return kind === 'create_cart' || kind === 'add_items' || kind === 'checkout'
}
