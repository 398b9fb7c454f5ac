import { createRandom, type Random } from '../../random/random.ts'
import { OPERATION_KINDS, type PerKind } from '../../results/operation-kinds.ts'
import type { CostInputs } from '../cost/inputs.ts'
import { monthlyCost, type StoreCost } from '../cost/monthly-cost.ts'
import type { Prices } from '../cost/prices.ts'
import { otherThan, type StoreName } from '../terms/stores.ts'

/**
 * How far each input of the cost model may be from its value: a factor up or down. These are assumptions about inputs, not
 * measurements; with them, the margin between two bills becomes a degree of certainty.
 */
export const UNCERTAINTY = {
  /** A vCPU of the provider relative to a core of the machine that was measured. */
  core_speed: 1.5,
  /** Forecasts of the shop: visits, peak and how long carts are kept. */
  forecast: 1.5,
  /** Adds and reads per visit. */
  visit: 1.25,
  /** Bytes per cart: measured, of carts of one size. */
  cart_bytes: 1.1,
  /** Prices by who published them. */
  price: { vendor: 1, third_party: 1.1, to_be_verified: 1.25 },
} as const

/** How often one store is the cheaper one when all uncertain inputs vary at once. */
export interface Certainty {
  /** The cheaper store with the inputs as they are. */
  readonly cheaper: StoreName
  /** Share of the variations in which it is also the cheaper one, or the only one with a cost, 0-1. */
  readonly share: number
  readonly variations: number
  /**
   * The bill of the other store less that of the cheaper one, in the currency of the prices: 5th and 95th percentile of the
   * variations. `null` where more than a twentieth of the variations lack a bill, because no instance is large enough.
   */
  readonly saves: { readonly low: number; readonly high: number } | null
}

/** Below this share of the variations, neither store is called the cheaper one. */
export const TOO_CLOSE = 0.8

/** What a certainty is computed from. */
export interface CertaintyQuestion {
  readonly inputs: CostInputs
  readonly prices: Prices
  readonly seed: number
  /** With the bills of both stores. */
  readonly standings: Readonly<Record<StoreName, { readonly cost: StoreCost }>>
}

/** How often the inputs are varied. */
export const VARIATIONS = 200
const TAIL = 0.05

/**
 * Varies all uncertain inputs at once, each by a random factor within `UNCERTAINTY` (log-uniform), and compares both bills
 * each time. Prices and traffic that both stores share vary together. Seeded.
 *
 * @returns `null` where a cost is unknown
 */
export function certaintyOf({
  inputs,
  prices,
  seed,
  standings,
}: CertaintyQuestion): Certainty | null {
  const { postgres, dynamodb } = standings
  if (postgres.cost.missing.length + dynamodb.cost.missing.length > 0) return null
  const [a, b] = [postgres.cost.total ?? Infinity, dynamodb.cost.total ?? Infinity]
  if (a === Infinity && b === Infinity) return null
  const cheaper = a <= b ? 'postgres' : 'dynamodb'
  const random = createRandom(seed, 'certainty')
  const saved = Array.from({ length: VARIATIONS }, () => {
    const varied = { inputs: variedInputs(inputs, random), prices: variedPrices(prices, random) }
    const bill = (store: StoreName) =>
      monthlyCost(store, varied.inputs, varied.prices).total ?? Infinity
    const [own, other] = [bill(cheaper), bill(otherThan(cheaper))]
    return own === Infinity ? -Infinity : other - own
  }).toSorted((one, other) => one - other)
  const [low, high] = [TAIL, 1 - TAIL].map((share) => saved[Math.floor(share * VARIATIONS)])
  return {
    cheaper,
    share: saved.filter((saves) => saves > 0).length / VARIATIONS,
    variations: VARIATIONS,
    saves:
      Number.isFinite(low) && Number.isFinite(high) ? { low: low ?? 0, high: high ?? 0 } : null,
  }
}

function variedInputs(inputs: CostInputs, random: Random): CostInputs {
  const { traffic, deployment, postgres, dynamodb } = inputs
  const visits = within(UNCERTAINTY.forecast, random)
  const kept = within(UNCERTAINTY.forecast, random)
  const peak = within(UNCERTAINTY.forecast, random)
  const per_second: PerKind = Object.fromEntries(
    OPERATION_KINDS.flatMap((kind) => {
      const rate = traffic.per_second[kind]
      if (rate === undefined) return []
      // One cart is created per visit.
      const each = kind === 'create_cart' ? 1 : within(UNCERTAINTY.visit, random)
      return [[kind, rate * visits * each]]
    }),
  )
  const bytes = <T extends { readonly cart_bytes: number | null }>(store: T): T => ({
    ...store,
    cart_bytes:
      store.cart_bytes === null ? null : store.cart_bytes * within(UNCERTAINTY.cart_bytes, random),
  })
  return {
    traffic: { per_second, peak_to_average: Math.max(1, traffic.peak_to_average * peak) },
    carts: inputs.carts * visits * kept,
    postgres: bytes(postgres),
    dynamodb: bytes(dynamodb),
    deployment: {
      ...deployment,
      core_speed: deployment.core_speed * within(UNCERTAINTY.core_speed, random),
    },
  }
}

function variedPrices(prices: Prices, random: Random): Prices {
  type Priced = { readonly price: number; readonly status: keyof typeof UNCERTAINTY.price }
  const varied = <T extends Priced>(priced: T, factor: number): T => ({
    ...priced,
    price: priced.price * factor,
  })
  const each = (group: Readonly<Record<string, Priced>>) =>
    Object.fromEntries(
      Object.entries(group).map(([id, priced]) => [
        id,
        varied(priced, within(UNCERTAINTY.price[priced.status], random)),
      ]),
    )
  const own = each(prices.prices) as Prices['prices']
  // Classes of instances are priced alike: one factor per status, or the cheapest would be picked by luck.
  const ofClass = {
    vendor: within(UNCERTAINTY.price.vendor, random),
    third_party: within(UNCERTAINTY.price.third_party, random),
    to_be_verified: within(UNCERTAINTY.price.to_be_verified, random),
  }
  const iops = prices.options?.['rds.gp3_iops']
  return {
    ...prices,
    prices: own,
    // Of the options, only provisioned storage operations are part of the usual bill.
    ...(iops !== undefined && {
      options: { ...prices.options, ...each({ 'rds.gp3_iops': iops }) },
    }),
    rds_instances: prices.rds_instances.map((one) => varied(one, ofClass[one.status])),
  }
}

/** A factor between `1 / factor` and `factor`, uniform on the logarithm. */
function within(factor: number, random: Random): number {
  return factor ** (2 * random.fraction() - 1)
}
