import { OPERATION_KINDS, type PerKind } from '../../results/operation-kinds.ts'
import type { CostInputs } from '../cost/inputs.ts'
import type { Phase, SimulatedTraffic } from '../simulate/workload.ts'
import { DEPLOYMENT, type Deployment } from '../terms/deployment.ts'

/** A shop of a certain size. Every number is an assumption and can be replaced. */
export interface Scenario {
  readonly id: string
  readonly name: string
  /** Its traffic in a few words, such as `100 users a day`. */
  readonly size: string
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
/** Core operations only: every comparison measures them. */
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
  `a visit takes ${VISIT_S / 60} minutes: one cart created, 4 adds, 5 reads`,
  `carts and orders are kept for ${KEPT_DAYS} days`,
]

/** Four typical sizes, ascending. */
export const SCENARIOS: readonly Scenario[] = [
  daily('startup', 'Startup', 100, 10),
  daily('growing', 'Growing business', 10_000, 10),
  {
    ...COMMON,
    id: 'spike',
    name: 'Traffic spike',
    size: '50,000 shoppers, 1,000,000 at the peak',
    average_shoppers: 50_000,
    peak_shoppers: 1_000_000,
    prepared: true,
    rise_s: 300,
    assumptions: [
      ...COMMON_ASSUMPTIONS,
      'the numbers are concurrent shoppers',
      'the peak is known in advance: enough tasks, a pre-warmed table, raised quotas, and an instance of that size all month',
      'traffic rises from the average to the peak within 5 minutes',
    ],
  },
  {
    ...daily('global', 'Global platform', 5_000_000, 5),
    size: '5,000,000 users a day in 3 regions',
    deployment: { ...DEPLOYMENT, regions: 3 },
    assumptions: [
      ...COMMON_ASSUMPTIONS,
      'the busiest minute has 5 times the average load',
      '3 regions of equal size; a customer’s carts change in one region only and are replicated to a second one',
      'transfer between regions is not priced',
    ],
  },
]

function daily(id: string, name: string, users: number, peak: number): Scenario {
  const average_shoppers = (users * VISIT_S) / DAY_S
  return {
    ...COMMON,
    id,
    name,
    size: `${users.toLocaleString('en-US')} users a day`,
    average_shoppers,
    peak_shoppers: average_shoppers * peak,
    prepared: false,
    rise_s: 600,
    assumptions: [
      ...COMMON_ASSUMPTIONS,
      `the busiest minute has ${peak} times the average load, and traffic rises to it within 10 minutes`,
    ],
  }
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
