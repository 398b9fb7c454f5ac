import type { PerKind } from '../../results/operation-kinds.ts'
import { type CostInputs, kindsOf } from '../cost/inputs.ts'
import { maxConnections } from '../cost/instance-size.ts'
import type { InstanceClass } from '../cost/prices.ts'
import {
  DYNAMODB,
  POSTGRES,
  SERVICE,
  type ServiceParameters,
  type StoreParameters,
  type Unloaded,
} from '../simulate/parameters.ts'
import type { Missing } from '../terms/missing.ts'
import { perStore } from '../terms/stores.ts'
import {
  type Evidence,
  eachKind,
  type LatencyEvidence,
  type RunEvidence,
  type StoreEvidence,
} from './evidence.ts'

/** AWS's promise for DynamoDB ("single-digit millisecond"), used where only an emulator was measured. */
export const ASSUMED_DYNAMODB: Unloaded = { median_s: 0.005, p99_s: 0.02 }

/** A parameter of the simulation that was not measured. */
export type Assumption =
  | ({ readonly kind: 'dynamodb_latency' } & Unloaded)
  | ({ readonly kind: 'write_ahead_log' } & Pick<
      typeof POSTGRES,
      'wal_bytes' | 'wal_bytes_per_s' | 'flush_s'
    >)
  | { readonly kind: 'task_start'; readonly seconds: number }

/** The cost model's input: the demand, and the figures measured. */
export function costInputs(
  evidence: Evidence,
  demand: Pick<CostInputs, 'traffic' | 'carts' | 'deployment'>,
): CostInputs {
  const { postgres, dynamodb } = evidence
  const common = perStore((store) => ({
    service_cpu_s: eachKind(evidence[store], ({ service_cpu_s }) => service_cpu_s),
    cart_bytes: evidence[store].cart_bytes?.value ?? null,
  }))
  return {
    ...demand,
    postgres: {
      ...common.postgres,
      database_cpu_s: eachKind(postgres, ({ database_cpu_s }) => database_cpu_s),
    },
    dynamodb: {
      ...common.dynamodb,
      write_units: eachKind(dynamodb, ({ write_units }) => write_units),
      read_units: {
        strong: eachKind(dynamodb, ({ read_units_strong }) => read_units_strong),
        eventual: eachKind(dynamodb, ({ read_units_eventual }) => read_units_eventual),
      },
    },
  }
}

/** Runs by rate, then by number of clients, ascending; runs beyond the capacity last. */
export function calmFirst({ runs }: StoreEvidence): RunEvidence[] {
  return runs.toSorted(
    (a, b) =>
      Number(a.overload) - Number(b.overload) ||
      load(a.offered ?? a.throughput) - load(b.offered ?? b.throughput) ||
      load(a.clients) - load(b.clients),
  )
}

/**
 * Latency without load, per kind: of the calmest run with both percentiles, else of the calmest run with a median.
 * Kinds that were not measured are absent.
 */
export function unloadedOf(store: StoreEvidence): PerKind<Unloaded> {
  return Object.fromEntries(
    [...givenTimes(store)].map(([kind, { p50, p99 }]) => [
      kind,
      { median_s: (p50 ?? 0) / 1000, p99_s: Math.max(p50 ?? 0, p99 ?? 0) / 1000 },
    ]),
  )
}

/** Records of the runs whose latencies are inputs of the simulation, which must not be validated against them. */
export function givenRuns(store: StoreEvidence): ReadonlySet<string> {
  return new Set([...givenTimes(store).values()].map(({ record }) => record))
}

type GivenTime = Pick<LatencyEvidence, 'p50' | 'p99'> & { readonly record: string }

function givenTimes(store: StoreEvidence): ReadonlyMap<string, GivenTime> {
  const calm = calmFirst(store).filter(({ overload }) => !overload)
  const found = new Map<string, GivenTime>()
  for (const whole of [true, false])
    for (const { operations, record } of calm)
      for (const [kind, { p50, p99 }] of Object.entries(operations))
        if (!found.has(kind) && p50 !== null && (p99 !== null || !whole))
          found.set(kind, { p50, p99, record })
  return found
}

function load(figure: number | null): number {
  return figure ?? Number.MAX_VALUE
}

export interface SimulatedDeployment {
  readonly service: ServiceParameters
  readonly store: StoreParameters
}

export interface SimulationInputs {
  /** `null` where something is missing. */
  readonly simulated: SimulatedDeployment | null
  readonly assumed: readonly Assumption[]
  readonly missing: readonly Missing[]
}

/**
 * @param inputs of the cost model, complete for this store
 * @param instance of PostgreSQL; `null` on DynamoDB
 */
export function simulationInputs(
  evidence: StoreEvidence,
  inputs: CostInputs,
  instance: InstanceClass | null,
): SimulationInputs {
  const { deployment, traffic } = inputs
  const { store, emulator } = evidence
  const occurring = kindsOf(traffic)
  const unloaded = emulator
    ? Object.fromEntries(occurring.map((kind) => [kind, ASSUMED_DYNAMODB]))
    : unloadedOf(evidence)
  const kinds = occurring.filter((kind) => unloaded[kind] === undefined)
  if (kinds.length > 0)
    return { simulated: null, assumed: [], missing: [{ store, what: 'latency', kinds }] }
  const service: ServiceParameters = {
    ...SERVICE,
    cpu_s: inputs[store].service_cpu_s,
    task_cores: deployment.task.vcpus * deployment.core_speed,
    min_tasks: deployment.min_tasks,
    target_utilisation: deployment.target_utilisation,
  }
  const { wal_bytes, wal_bytes_per_s, flush_s } = POSTGRES
  const assumed: Assumption[] = [
    ...(emulator ? [{ kind: 'dynamodb_latency' as const, ...ASSUMED_DYNAMODB }] : []),
    ...(store === 'postgres'
      ? [{ kind: 'write_ahead_log' as const, wal_bytes, wal_bytes_per_s, flush_s }]
      : []),
    { kind: 'task_start', seconds: service.scale_out_s },
  ]
  const parameters =
    store === 'postgres'
      ? postgresParameters(inputs, unloaded, instance)
      : dynamodbParameters(inputs, unloaded)
  return { simulated: { service, store: parameters }, assumed, missing: [] }
}

function dynamodbParameters(
  { deployment, carts, dynamodb }: CostInputs,
  unloaded: PerKind<Unloaded>,
): StoreParameters {
  return {
    ...DYNAMODB,
    unloaded,
    write_units: dynamodb.write_units,
    read_units: dynamodb.read_units[deployment.read_consistency],
    data_gb: (carts * (dynamodb.cart_bytes ?? 0)) / 1e9 / deployment.regions,
  }
}

function postgresParameters(
  { deployment, postgres }: CostInputs,
  unloaded: PerKind<Unloaded>,
  instance: InstanceClass | null,
): StoreParameters {
  return {
    ...POSTGRES,
    unloaded,
    cpu_s: postgres.database_cpu_s,
    cores: (instance?.vcpus ?? 0) * deployment.core_speed,
    pool_connections: deployment.pool_connections,
    max_connections: instance === null ? 0 : maxConnections(instance.memory_gib),
    read_replicas: deployment.read_replicas,
  }
}
