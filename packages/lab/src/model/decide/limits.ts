import { monthlyCost } from '../cost/monthly-cost.ts'
import type { InstanceClass, Prices } from '../cost/prices.ts'
import {
  type LoadSweep,
  OBJECTIVE,
  type ServiceObjective,
  sweepLoad,
} from '../simulate/load-sweep.ts'
import type { StoreParameters } from '../simulate/parameters.ts'
import type { ErrorRange } from '../simulate/validate.ts'
import { DEPLOYMENT, type Deployment } from '../terms/deployment.ts'
import type { Missing } from '../terms/missing.ts'
import type { ModelParameter } from '../terms/parameter.ts'
import type { StoreName } from '../terms/stores.ts'
import type { Evidence, FittedSimulation } from './evidence.ts'
import { costInputs, simulationInputs, unmeasured } from './model-inputs.ts'
import { demandOf, SCENARIOS, workloadOf } from './scenarios.ts'

/** Latency and errors against shoppers, for each store: where each saturates. Simulated. */
export interface StoreLimits {
  readonly curves: readonly LimitCurve[]
  /** Measurements for the curves that are absent. */
  readonly missing: readonly Missing[]
}

export interface LimitCurve {
  /** Name of the deployment, such as `PostgreSQL on db.m7g.16xlarge`. */
  readonly deployment: string
  readonly sweep: LoadSweep
  /** Between which the maximum number of shoppers is by the error of the simulation; `null` where that is not known. */
  readonly range: ReachRange | null
  /** Parameters that were published or assumed. */
  readonly assumed: readonly ModelParameter[]
}

/** Numbers of shoppers; 0 where the smallest simulated number is not certain to be served well. */
export interface ReachRange {
  readonly low: number
  readonly high: number
}

export interface LimitOptions {
  /** Ascending. */
  readonly shoppers?: readonly number[]
  readonly objective?: ServiceObjective
  readonly deployment?: Deployment
  readonly seed?: number
}

const SHOPPERS = [100, 1e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7]

/**
 * Sweeps the load on the largest PostgreSQL instance of the price file, and on DynamoDB with and without the default
 * quota of a table. Shoppers behave as in the scenarios.
 */
export function storeLimits(
  evidence: Evidence,
  prices: Prices,
  options: LimitOptions = {},
): StoreLimits {
  const { shoppers = SHOPPERS, objective = OBJECTIVE, deployment = DEPLOYMENT, seed = 1 } = options
  const [scenario] = SCENARIOS
  if (scenario === undefined) throw new RangeError('there is no scenario')
  const inputs = costInputs(evidence, { ...demandOf(scenario), deployment })
  const workload = { ...workloadOf(scenario), carts: shoppers.at(-1) ?? 1 }
  const instance = largest(prices)
  const sweep = (store: StoreName, variants: readonly Variant[]): StoreLimits => {
    const { simulated, parameters, ...lacking } = simulationInputs(
      evidence[store],
      inputs,
      instance,
    )
    const missing = [...monthlyCost(store, inputs, prices).missing, ...lacking.missing]
    if (missing.length > 0 || simulated === null) return { curves: [], missing }
    const { service, store: own } = simulated
    const curves = variants.map(({ name, change }) => {
      const reach = (wanted: ServiceObjective) =>
        sweepLoad({ service, store: change(own), workload, seed }, shoppers, wanted)
      return {
        deployment: name,
        assumed: unmeasured(parameters),
        sweep: reach(objective),
        range: reachRange(reach, objective, evidence[store].fitted),
      }
    })
    return { curves, missing: [] }
  }
  const postgres = sweep('postgres', [
    { name: `PostgreSQL on ${instance.class}`, change: (store) => store },
  ])
  const dynamodb = sweep('dynamodb', [
    { name: 'DynamoDB, default table quota', change: (store) => store },
    { name: 'DynamoDB, raised table quota', change: withoutQuota },
  ])
  return {
    curves: [...postgres.curves, ...dynamodb.curves],
    missing: [...postgres.missing, ...dynamodb.missing],
  }
}

/**
 * The maximum number of shoppers if every simulated P99 were as far off as the worst measured run, and the capacity as
 * far as the worst measured throughput.
 */
function reachRange(
  reach: (objective: ServiceObjective) => LoadSweep,
  objective: ServiceObjective,
  fitted: FittedSimulation | null,
): ReachRange | null {
  const { p99_ms = null, throughput = null } = fitted?.range ?? {}
  if (p99_ms === null || throughput === null) return null
  const end = (factor: keyof ErrorRange, latency: keyof ErrorRange) => {
    const { most_shoppers } = reach({ ...objective, p99_ms: objective.p99_ms / p99_ms[latency] })
    return Math.round((most_shoppers ?? 0) * throughput[factor])
  }
  return { low: end('low', 'high'), high: end('high', 'low') }
}

interface Variant {
  readonly name: string
  readonly change: (store: StoreParameters) => StoreParameters
}

function withoutQuota(store: StoreParameters): StoreParameters {
  return store.kind === 'dynamodb' ? { ...store, quota: null } : store
}

function largest({ rds_instances }: Prices): InstanceClass {
  return rds_instances.reduce((most, other) => (other.vcpus > most.vcpus ? other : most))
}
