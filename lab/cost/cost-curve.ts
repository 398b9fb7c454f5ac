import { OPERATION_KINDS } from '../results/operation-kinds.ts'
import { type Crossing, crossings } from './crossings.ts'
import { type CostInputs, type Traffic, totalRate } from './inputs.ts'
import { monthlyCost, type StoreCost, type StoreName } from './monthly-cost.ts'
import type { Prices } from './prices.ts'

/** Both stores' monthly cost against traffic. */
export interface CostCurve {
  readonly label: string
  readonly points: readonly {
    /** Operations per second of all kinds, monthly average. */
    readonly rate: number
    readonly postgres: number | null
    readonly dynamodb: number | null
  }[]
  /** `a` is PostgreSQL, `b` DynamoDB; `at` in operations per second. */
  readonly crossings: readonly Crossing[]
  /** What was not measured and is needed; the curve of that store is all `null` then, and there are no crossings. */
  readonly missing: readonly string[]
}

const POINTS = 60

/**
 * The mix of `inputs.traffic` scaled to rates from `low` to `high` operations per second. Carts kept grow with the
 * rate, so `inputs.carts` belongs to the rate that `inputs.traffic` has.
 *
 * @throws RangeError without any traffic, whose mix could be scaled
 */
export function costCurve(
  inputs: CostInputs,
  prices: Prices,
  { low, high }: { readonly low: number; readonly high: number },
): CostCurve {
  if (totalRate(inputs.traffic) === 0) throw new RangeError('no traffic to scale')
  const cost = (store: StoreName) => (rate: number) =>
    monthlyCost(store, atRate(inputs, rate), prices)
  const total = (store: StoreName) => (rate: number) => cost(store)(rate).total
  const missing = [cost('postgres')(low), cost('dynamodb')(low)].flatMap(
    (store: StoreCost) => store.missing,
  )
  const rates = Array.from(
    { length: POINTS + 1 },
    (_, point) => low * (high / low) ** (point / POINTS),
  )
  return {
    label: prices.label,
    points: rates.map((rate) => ({
      rate,
      postgres: total('postgres')(rate),
      dynamodb: total('dynamodb')(rate),
    })),
    crossings: missing.length > 0 ? [] : crossings(total('postgres'), total('dynamodb'), low, high),
    missing,
  }
}

/** The same mix and carts per operation at another rate. */
export function atRate(inputs: CostInputs, rate: number): CostInputs {
  const factor = rate / totalRate(inputs.traffic)
  return {
    ...inputs,
    carts: inputs.carts * factor,
    traffic: scaled(inputs.traffic, factor),
  }
}

function scaled(traffic: Traffic, factor: number): Traffic {
  const rates = OPERATION_KINDS.map(
    (kind) => [kind, (traffic.per_second[kind] ?? 0) * factor] as const,
  )
  return { ...traffic, per_second: Object.fromEntries(rates) }
}
