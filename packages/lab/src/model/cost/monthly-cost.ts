import type { PerKind } from '../../results/operation-kinds.ts'
import type { Measurement, Missing } from '../terms/missing.ts'
import type { StoreName } from '../terms/stores.ts'
import { dynamodbCost } from './dynamodb-cost.ts'
import type { CostFigure } from './figure.ts'
import type { CostInputs } from './inputs.ts'
import type { InstanceConstraint } from './instance-size.ts'
import { type CostLimit, postgresCost } from './postgres-cost.ts'
import type { InstanceClass, Prices } from './prices.ts'
import { serviceCost } from './service-cost.ts'
import { missingKinds } from './weighted-sum.ts'

/** The monthly cost of a deployment on one store, in the currency of the prices. */
export interface StoreCost {
  readonly store: StoreName
  /** Service and database; `null` where a measurement is missing or no instance is large enough. */
  readonly total: number | null
  /** The database alone; `null` where `total` is. */
  readonly database_total: number | null
  /** What is billed; `total` is their sum. */
  readonly billed: readonly CostFigure[]
  /** Intermediate figures from which `billed` was computed. */
  readonly derived: readonly CostFigure[]
  readonly missing: readonly Missing[]
  /** Why the store cannot serve this traffic at any price of the file; `null` where it can. */
  readonly limit: CostLimit | null
  /** PostgreSQL's instance class; `null` on DynamoDB and where none is large enough. */
  readonly instance: InstanceClass | null
  /** What the next cheaper class of PostgreSQL lacks; empty on DynamoDB, and for the cheapest class. */
  readonly binding: readonly InstanceConstraint[]
}

/** Computes the monthly cost on one store. Not linear in traffic: tasks and instances are whole numbers. */
export function monthlyCost(store: StoreName, inputs: CostInputs, prices: Prices): StoreCost {
  const missing = missingInputs(store, inputs)
  if (missing.length > 0)
    return {
      store,
      total: null,
      database_total: null,
      billed: [],
      derived: [],
      missing,
      limit: null,
      instance: null,
      binding: [],
    }
  const { traffic, deployment } = inputs
  const service = serviceCost(traffic, inputs[store].service_cpu_s, deployment, prices)
  const database =
    store === 'dynamodb'
      ? { ...dynamodbCost(inputs, prices), limit: null, instance: null, binding: [] }
      : postgresCost(inputs, service.peak_tasks, prices)
  const billed = [...service.billed, ...database.billed]
  const sum = (figures: readonly CostFigure[]) =>
    database.limit === null ? figures.reduce((total, { value }) => total + value, 0) : null
  return {
    store,
    total: sum(billed),
    database_total: sum(database.billed),
    billed,
    derived: [...service.derived, ...database.derived],
    missing: [],
    limit: database.limit,
    instance: database.instance,
    binding: database.binding,
  }
}

function missingInputs(store: StoreName, inputs: CostInputs): Missing[] {
  const { traffic, postgres, dynamodb, deployment } = inputs
  const of = (what: Measurement, each: PerKind): Missing[] => {
    const kinds = missingKinds(traffic, each)
    return kinds.length === 0 ? [] : [{ store, what, kinds }]
  }
  const reads = deployment.read_consistency
  return [
    ...of('service_cpu', inputs[store].service_cpu_s),
    ...(store === 'postgres'
      ? of('database_cpu', postgres.database_cpu_s)
      : [
          ...of('write_units', dynamodb.write_units),
          ...of(`read_units_${reads}`, dynamodb.read_units[reads]),
        ]),
    ...(inputs[store].cart_bytes === null
      ? [{ store, what: 'cart_bytes' as const, kinds: [] }]
      : []),
  ]
}
