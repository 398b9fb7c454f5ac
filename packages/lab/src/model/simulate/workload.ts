import type { PerKind } from '../../results/operation-kinds.ts'

/** A period in which the number of shoppers changes linearly. */
export interface Phase {
  readonly seconds: number
  readonly from: number
  readonly to: number
}

/** The number of shoppers over time, and what they do. */
export interface SimulatedTraffic {
  readonly phases: readonly Phase[]
  /** Operations per second of one shopper. */
  readonly shopper_rate: number
  /** Shares of the kinds of operation; any positive scale. */
  readonly mix: PerKind
  /** Number of carts. */
  readonly carts: number
  /** Zipf exponent of the choice of a cart: 0 is uniform, 0.99 the default of YCSB. */
  readonly skew: number
  /** Share of all operations on one additional hot cart; 0 without one. */
  readonly hot_share: number
}

/** Number of shoppers at `second` from the start. */
export function shoppersAt({ phases }: Pick<SimulatedTraffic, 'phases'>, second: number): number {
  let begin = 0
  for (const { seconds, from, to } of phases) {
    if (second < begin + seconds) return from + ((to - from) * (second - begin)) / seconds
    begin += seconds
  }
  return phases.at(-1)?.to ?? 0
}

export function duration({ phases }: Pick<SimulatedTraffic, 'phases'>): number {
  return phases.reduce((sum, { seconds }) => sum + seconds, 0)
}
