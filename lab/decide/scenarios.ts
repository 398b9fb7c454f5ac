import { DEPLOYMENT, type Deployment, type PerKind, type Traffic } from '../cost/inputs.ts'
import { OPERATION_KINDS } from '../results/operation-kinds.ts'
import type { Phase, Workload } from '../simulate/workload.ts'

/** A shop of some size. Every number is an assumption of the scenario and can be replaced. */
export interface Scenario {
  readonly id: string
  readonly title: string
  /** Shoppers in the shop at once, averaged over a month, all regions together. */
  readonly average_shoppers: number
  /** The most at once. */
  readonly peak_shoppers: number
  /** Operations of one visit. */
  readonly visit: PerKind
  readonly visit_s: number
  /** How many seconds' worth of carts and orders are kept. */
  readonly kept_s: number
  readonly deployment: Deployment
  /** Whether a peak is known beforehand, so that tasks, table and quota are raised for it. */
  readonly prepared: boolean
  /** How long the shop takes from the average to the peak. */
  readonly rise_s: number
  readonly assumptions: readonly string[]
}

const DAY_S = 86_400
/** Core operations only, so that every comparison can feed it. */
const VISIT: PerKind = { create_cart: 1, add_items: 4, get_cart: 5 }
const VISIT_S = 300
const KEPT_DAYS = 30

const COMMON = {
  visit: VISIT,
  visit_s: VISIT_S,
  kept_s: KEPT_DAYS * DAY_S,
  deployment: DEPLOYMENT,
}

const COMMON_ASSUMPTIONS: readonly string[] = [
  `a visit of ${VISIT_S / 60} minutes: one cart created, 4 adds, 5 reads`,
  `${KEPT_DAYS} days' worth of carts and orders kept`,
]

/** The four sizes that people ask about. */
export const SCENARIOS: readonly Scenario[] = [
  daily('startup', 'Startup: 100 users a day', 100, 10),
  daily('growing', 'Growing business: 10,000 users a day', 10_000, 10),
  {
    ...COMMON,
    id: 'spike',
    title: 'Traffic spike: 50,000 shoppers, 1,000,000 at the peak',
    average_shoppers: 50_000,
    peak_shoppers: 1_000_000,
    prepared: true,
    rise_s: 300,
    assumptions: [
      ...COMMON_ASSUMPTIONS,
      'the numbers are shoppers in the shop at the same time',
      'the peak is known beforehand: enough tasks, a table warmed for it, quotas raised, an instance of its size all month',
      'the shop goes from normal to the peak in 5 minutes',
    ],
  },
  {
    ...daily('global', 'Global platform: 5,000,000 users a day in 3 regions', 5_000_000, 5),
    deployment: { ...DEPLOYMENT, regions: 3 },
    assumptions: [
      ...COMMON_ASSUMPTIONS,
      'the busiest minute has 5 times the average load',
      '3 regions of equal size; a customer’s carts are changed in one of them only and copied to a second one',
      'transfer between regions is not priced',
    ],
  },
]

function daily(id: string, title: string, users: number, peak: number): Scenario {
  const average_shoppers = (users * VISIT_S) / DAY_S
  return {
    ...COMMON,
    id,
    title,
    average_shoppers,
    peak_shoppers: average_shoppers * peak,
    prepared: false,
    rise_s: 600,
    assumptions: [
      ...COMMON_ASSUMPTIONS,
      `the busiest minute has ${peak} times the average load, which rises to it within 10 minutes`,
    ],
  }
}

/** Operations per second and kind, and carts kept, as the cost model takes them. */
export function demandOf(scenario: Scenario): {
  readonly traffic: Traffic
  readonly carts: number
} {
  const { average_shoppers, peak_shoppers, visit, visit_s, kept_s } = scenario
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
  }
}

/** At the average before the rise, and at the peak after it. */
const AVERAGE_S = 60
const PEAK_S = 300

/**
 * The rise from the average to the peak and five minutes of it, in one region, as the simulation takes it.
 *
 * @param times how many times the peak
 */
export function workloadOf(scenario: Scenario, times = 1): Workload {
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
    // A cart is one shopper's; nothing makes one of them hotter than another.
    skew: 0,
    hot_share: 0,
  }
}
