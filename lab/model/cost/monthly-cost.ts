import { POSTGRES } from '../simulate/parameters.ts'
import { dynamodbCost } from './dynamodb-cost.ts'
import type { CostFigure } from './figure.ts'
import type { CostInputs, PerKind } from './inputs.ts'
import { postgresCost } from './postgres-cost.ts'
import type { Prices } from './prices.ts'
import { serviceCost } from './service-cost.ts'
import { missingKinds } from './weighted-sum.ts'

export type StoreName = 'postgres' | 'dynamodb'

/** As people write them. */
export const STORE_NAMES: Readonly<Record<StoreName, string>> = {
  postgres: 'PostgreSQL',
  dynamodb: 'DynamoDB',
}

/** What a month costs with one store. */
export interface StoreCost {
  readonly store: StoreName
  /** In the currency of the prices; `null` where something is missing or no instance is large enough. */
  readonly total: number | null
  /** What is billed; `total` is their sum. */
  readonly billed: readonly CostFigure[]
  /** What they were computed from on the way. */
  readonly derived: readonly CostFigure[]
  /** Measurements without which there is no figure, in words. */
  readonly missing: readonly string[]
  /** Why the store cannot bear this traffic at any price of the file; `null` where it can. */
  readonly limit: string | null
}

/** The monthly cost of a deployment on one store. Linear in nothing: tasks and instances come in whole ones. */
export function monthlyCost(store: StoreName, inputs: CostInputs, prices: Prices): StoreCost {
  const missing = missingInputs(store, inputs)
  if (missing.length > 0)
    return { store, total: null, billed: [], derived: [], missing, limit: null }
  const measured = inputs[store]
  const service = serviceCost(inputs.traffic, measured.service_cpu_s, inputs.deployment, prices)
  const database =
    store === 'dynamodb'
      ? { ...dynamodbCost(inputs, prices), limit: null }
      : withLimit(postgresCost(inputs, service.peak_tasks, prices))
  const billed = [...service.billed, ...database.billed]
  return {
    store,
    total: database.limit === null ? billed.reduce((sum, { value }) => sum + value, 0) : null,
    billed,
    derived: [...service.derived, ...database.derived],
    missing: [],
    limit: database.limit,
  }
}

function withLimit(cost: ReturnType<typeof postgresCost>) {
  const value = (id: string) => cost.derived.find((figure) => figure.id === id)?.value ?? 0
  const log = value('postgres.peak_log')
  const why =
    log > POSTGRES.wal_bytes_per_s
      ? `at the peak the log of changes is ${Math.round(log / 1e6)} MB a second, more than the storage takes`
      : `no instance class has the ${Math.ceil(value('postgres.peak_cores'))} vCPUs and ${value('postgres.connections')} connections that the peak needs`
  const limit = cost.instance === null ? why : null
  return { ...cost, limit }
}

function missingInputs(store: StoreName, inputs: CostInputs): string[] {
  const { traffic, postgres, dynamodb, deployment } = inputs
  const bytes = inputs[store].cart_bytes === null ? [`${STORE_NAMES[store]}: bytes per cart`] : []
  const kinds = (what: string, each: PerKind) =>
    missingKinds(`${STORE_NAMES[store]}: ${what}`, traffic, each)
  const service = kinds('CPU of the service', inputs[store].service_cpu_s)
  return store === 'postgres'
    ? [...service, ...kinds('CPU of the database', postgres.database_cpu_s), ...bytes]
    : [
        ...service,
        ...kinds('write units', dynamodb.write_units),
        ...kinds(
          `read units (${deployment.read_consistency})`,
          dynamodb.read_units[deployment.read_consistency],
        ),
        ...bytes,
      ]
}
