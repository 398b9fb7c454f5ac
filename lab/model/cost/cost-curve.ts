import { OPERATION_KINDS } from '../../results/operation-kinds.ts'
import type { Missing } from '../terms/missing.ts'
import { perStore, STORES } from '../terms/stores.ts'
import { type Crossing, crossings } from './crossings.ts'
import { type CostInputs, totalRate } from './inputs.ts'
import { monthlyCost } from './monthly-cost.ts'
import type { Prices } from './prices.ts'

/** Both stores' monthly cost against traffic. */
export interface CostCurve {
  readonly points: readonly {
    /** Operations per second of all kinds, monthly average. */
    readonly rate: number
    readonly postgres: number | null
    readonly dynamodb: number | null
  }[]
  /** `at` in operations per second. */
  readonly crossings: readonly Crossing[]
  /** A store that lacks a measurement costs `null` throughout, and there are no crossings. */
  readonly missing: readonly Missing[]
}

const POINTS = 60

/**
 * Costs of the mix of `inputs.traffic` scaled to rates from `low` to `high` operations per second. The number of
 * carts kept scales with the rate: `inputs.carts` belongs to the rate of `inputs.traffic`.
 *
 * @throws RangeError for a traffic of 0 operations per second
 */
export function costCurve(
  inputs: CostInputs,
  prices: Prices,
  { low, high }: { readonly low: number; readonly high: number },
): CostCurve {
  if (totalRate(inputs.traffic) === 0) throw new RangeError('no traffic to scale')
  const total = perStore(
    (store) => (rate: number) => monthlyCost(store, atRate(inputs, rate), prices).total,
  )
  const missing = STORES.flatMap((store) => monthlyCost(store, inputs, prices).missing)
  const rates = Array.from(
    { length: POINTS + 1 },
    (_, point) => low * (high / low) ** (point / POINTS),
  )
  return {
    points: rates.map((rate) => ({ rate, ...perStore((store) => total[store](rate)) })),
    crossings: missing.length > 0 ? [] : crossings(total, low, high),
    missing,
  }
}

/** The same mix and carts per operation at another rate. */
export function atRate(inputs: CostInputs, rate: number): CostInputs {
  const { traffic, carts } = inputs
  const factor = rate / totalRate(traffic)
  const scaled = OPERATION_KINDS.map(
    (kind) => [kind, (traffic.per_second[kind] ?? 0) * factor] as const,
  )
  return {
    ...inputs,
    carts: carts * factor,
    traffic: { ...traffic, per_second: Object.fromEntries(scaled) },
  }
}
