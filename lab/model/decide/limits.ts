import { DEPLOYMENT, type Deployment } from '../cost/inputs.ts'
import { monthlyCost, type StoreName } from '../cost/monthly-cost.ts'
import type { InstanceClass, Prices } from '../cost/prices.ts'
import { type LoadSweep, OBJECTIVE, type Objective, sweepLoad } from '../simulate/load-sweep.ts'
import type { DynamoParameters, PostgresParameters } from '../simulate/parameters.ts'
import type { Evidence } from './evidence.ts'
import { costInputs, simulationInputs } from './model-inputs.ts'
import { demandOf, SCENARIOS, workloadOf } from './scenarios.ts'

/** Latency and errors against shoppers, for each store: where the limits lie. Simulated. */
export interface StoreLimits {
  readonly curves: readonly {
    /** What was simulated, such as `PostgreSQL on db.m7g.16xlarge`. */
    readonly deployment: string
    readonly sweep: LoadSweep
    /** Figures in it that nobody measured. */
    readonly assumed: readonly string[]
  }[]
  /** What has to be measured for the curves that are not there. */
  readonly missing: readonly string[]
}

export interface LimitOptions {
  /** Ascending. */
  readonly shoppers?: readonly number[]
  readonly objective?: Objective
  readonly deployment?: Deployment
  /** Share of all operations that goes to one cart. */
  readonly hot_share?: number
  readonly seed?: number
}

const SHOPPERS = [100, 1e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 1e7, 3e7]

/**
 * Sweeps the load on the largest PostgreSQL instance of the price file, and on DynamoDB with the default quota of
 * a table and without. Shoppers do what those of the scenarios do.
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
  const workload = {
    ...workloadOf(scenario),
    carts: shoppers.at(-1) ?? 1,
    hot_share: options.hot_share ?? 0,
  }
  const instance = largest(prices)
  const sweep = (store: StoreName, variants: readonly Variant[]) => {
    const missing = monthlyCost(store, inputs, prices).missing
    const parameters = simulationInputs(evidence[store], inputs, instance)
    if (missing.length > 0 || !('service' in parameters))
      return { curves: [], missing: [...missing, ...parameters.missing] }
    const { service, store: own, assumed } = parameters
    const curves = variants.map(({ deployment: name, change }) => ({
      deployment: name,
      assumed,
      sweep: sweepLoad({ service, store: change(own), workload, seed }, shoppers, objective),
    }))
    return { curves, missing: [] }
  }
  const postgres = sweep('postgres', [
    { deployment: `PostgreSQL on ${instance.class}`, change: (store) => store },
  ])
  const dynamodb = sweep('dynamodb', [
    { deployment: 'DynamoDB, the default quota of a table', change: (store) => store },
    { deployment: 'DynamoDB, its quota raised', change: withoutQuota },
  ])
  return {
    curves: [...postgres.curves, ...dynamodb.curves],
    missing: [...postgres.missing, ...dynamodb.missing],
  }
}

type Store = PostgresParameters | DynamoParameters

interface Variant {
  readonly deployment: string
  readonly change: (store: Store) => Store
}

function withoutQuota(store: Store): Store {
  return store.kind === 'dynamodb' ? { ...store, quota: null } : store
}

function largest({ rds_instances }: Prices): InstanceClass {
  return rds_instances.reduce((most, other) => (other.vcpus > most.vcpus ? other : most))
}
