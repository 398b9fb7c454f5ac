import { OPERATION_KINDS, type PerKind } from '../../results/operation-kinds.ts'
import type { CostInputs } from '../cost/inputs.ts'
import type { Phase, SimulatedTraffic } from '../simulate/workload.ts'
import { DEPLOYMENT, type Deployment } from '../terms/deployment.ts'
import { DEPLOYMENT_KEYS, PRESETS, type Shop } from './shop.ts'

/** A shop in the terms of the models. */
export interface Scenario {
  readonly id: string
  readonly name: string
  /** Its traffic in a few words, such as `100 users a day`. */
  readonly size: string
  /** What it was computed from. */
  readonly shop: Shop
  /** Concurrent shoppers, averaged over a month, all regions together. */
  readonly average_shoppers: number
  /** Maximum number of concurrent shoppers. */
  readonly peak_shoppers: number
  /** Operations per visit. */
  readonly visit: PerKind
  /** Length of a visit. */
  readonly visit_s: number
  /** How long carts and orders are kept. */
  readonly kept_s: number
  readonly deployment: Deployment
  /** Whether the peak is known in advance, so that tasks, table and quota are raised for it. */
  readonly prepared: boolean
  /** Time from the average to the peak. */
  readonly rise_s: number
  readonly assumptions: readonly string[]
}

const DAY_S = 86_400

/** Four typical shops, ascending. */
export const SCENARIOS: readonly Scenario[] = Object.entries(PRESETS).map(([id, shop]) =>
  scenarioOf(shop, id),
)

/** @param id unique among the scenarios of a report */
export function scenarioOf(shop: Shop, id = 'own'): Scenario {
  const visit_s = 60 * shop.visit_minutes
  const average_shoppers = (shop.shoppers_per_day * visit_s) / DAY_S
  return {
    id,
    name: shop.name,
    size: sizeOf(shop),
    shop,
    average_shoppers,
    peak_shoppers: average_shoppers * shop.peak_factor,
    visit: { create_cart: 1, add_items: shop.adds_per_visit, get_cart: shop.gets_per_visit },
    visit_s,
    kept_s: shop.kept_days * DAY_S,
    deployment: deploymentOf(shop),
    prepared: shop.prepared,
    rise_s: 60 * shop.rise_minutes,
    assumptions: assumptionsOf(shop),
  }
}

function deploymentOf(shop: Shop): Deployment {
  const own = DEPLOYMENT_KEYS.flatMap((key) => (shop[key] === undefined ? [] : [[key, shop[key]]]))
  return { ...DEPLOYMENT, regions: shop.regions, ...Object.fromEntries(own) }
}

function sizeOf({ shoppers_per_day, regions }: Shop): string {
  const shoppers = Number(shoppers_per_day.toPrecision(4)).toLocaleString('en-US')
  return `${shoppers} shoppers per day${regions === 1 ? '' : ` in ${regions} regions`}`
}

function assumptionsOf(shop: Shop): string[] {
  const { adds_per_visit: adds, gets_per_visit: gets, peak_factor, rise_minutes, regions } = shop
  return [
    `a visit takes ${shop.visit_minutes} minutes: one cart created, ${adds} adds, ${gets} reads of a cart`,
    `a cart has ${shop.lines_per_cart} lines; carts and orders are kept for ${shop.kept_days} days`,
    `every day has this traffic; the busiest minute has ${peak_factor} times the average load, and traffic rises to it within ${rise_minutes} minutes`,
    ...(shop.prepared
      ? [
          'the peak is known in advance: enough tasks, a pre-warmed table, raised quotas, and an instance of that size all month',
        ]
      : []),
    ...(regions === 1
      ? []
      : [
          `${regions} regions of equal size; a customer’s carts change in one region only and are replicated to a second one`,
          'transfer between regions is not priced',
        ]),
  ]
}

/** The input of the cost model except the measured figures. */
export function demandOf(scenario: Scenario): Pick<CostInputs, 'traffic' | 'carts' | 'deployment'> {
  const { average_shoppers, peak_shoppers, visit, visit_s, kept_s, deployment } = scenario
  const visits = average_shoppers / visit_s
  const rates = OPERATION_KINDS.flatMap((kind) => {
    const times = visit[kind] ?? 0
    return times === 0 ? [] : [[kind, visits * times] as const]
  })
  return {
    traffic: {
      per_second: Object.fromEntries(rates),
      peak_to_average: Math.max(1, peak_shoppers / average_shoppers),
    },
    carts: visits * (visit.create_cart ?? 0) * kept_s,
    deployment,
  }
}

/** Seconds at the average before the rise, and at the peak after it. */
const AVERAGE_S = 60
const PEAK_S = 300

/**
 * The simulated workload of one region: the rise from the average to the peak, and five minutes at the peak.
 *
 * @param times factor on the peak
 */
export function workloadOf(scenario: Scenario, times = 1): SimulatedTraffic {
  const { average_shoppers, peak_shoppers, visit, visit_s, rise_s, deployment } = scenario
  const normal = average_shoppers / deployment.regions
  const peak = (times * peak_shoppers) / deployment.regions
  const phases: Phase[] = [
    { seconds: AVERAGE_S, from: normal, to: normal },
    { seconds: rise_s, from: normal, to: peak },
    { seconds: PEAK_S, from: peak, to: peak },
  ]
  const operations = OPERATION_KINDS.reduce((sum, kind) => sum + (visit[kind] ?? 0), 0)
  return {
    phases,
    shopper_rate: operations / visit_s,
    mix: visit,
    carts: Math.max(1, Math.round(peak)),
    // Each shopper has one cart, so no cart is hotter than another.
    skew: 0,
    hot_share: 0,
  }
}
