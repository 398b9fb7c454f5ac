import { type CostInputs, type Deployment, kindsOf, type PerKind } from '../cost/inputs.ts'
import { maxConnections } from '../cost/instance-size.ts'
import { STORE_NAMES } from '../cost/monthly-cost.ts'
import type { InstanceClass } from '../cost/prices.ts'
import {
  DYNAMODB,
  POSTGRES,
  SERVICE,
  type ServiceParameters,
  type StoreParameters,
  type Unloaded,
} from '../simulate/parameters.ts'
import {
  type Evidence,
  eachKind,
  type LatencyEvidence,
  type RunEvidence,
  type StoreEvidence,
} from './evidence.ts'

/** What the vendor promises of DynamoDB ("single-digit millisecond"), where only an emulator was measured. */
export const ASSUMED_DYNAMODB: Unloaded = { median_s: 0.005, p99_s: 0.02 }

const ASSUMED_POSTGRES: readonly string[] = [
  `${POSTGRES.wal_bytes} bytes of log for a change, of which the storage takes ${POSTGRES.wal_bytes_per_s / 1e6} MB a second; a flush takes ${1000 * POSTGRES.flush_s} ms`,
]

/** The measured half of the cost model's input. */
export function costInputs(
  { postgres, dynamodb }: Evidence,
  asked: Pick<CostInputs, 'traffic' | 'carts' | 'deployment'>,
): CostInputs {
  const service = (store: StoreEvidence) => eachKind(store, ({ service_cpu_s }) => service_cpu_s)
  return {
    ...asked,
    postgres: {
      service_cpu_s: service(postgres),
      database_cpu_s: eachKind(postgres, ({ database_cpu_s }) => database_cpu_s),
      cart_bytes: postgres.cart_bytes?.value ?? null,
    },
    dynamodb: {
      service_cpu_s: service(dynamodb),
      write_units: eachKind(dynamodb, ({ write_units }) => write_units),
      read_units: {
        strong: eachKind(dynamodb, ({ read_units_strong }) => read_units_strong),
        eventual: eachKind(dynamodb, ({ read_units_eventual }) => read_units_eventual),
      },
      cart_bytes: dynamodb.cart_bytes?.value ?? null,
    },
  }
}

/** The lowest rate first, then the fewest clients; runs past the capacity last. */
export function calmFirst({ runs }: StoreEvidence): RunEvidence[] {
  return runs.toSorted(
    (a, b) =>
      Number(a.overload) - Number(b.overload) ||
      load(a.offered ?? a.throughput) - load(b.offered ?? b.throughput) ||
      load(a.clients) - load(b.clients),
  )
}

/**
 * Times of the calmest run that has both percentiles, else of the calmest that has a median. Missing kinds were not
 * measured.
 */
export function unloadedOf(store: StoreEvidence): PerKind<Unloaded> {
  return Object.fromEntries(
    [...givenTimes(store)].map(([kind, { p50, p99 }]) => [
      kind,
      { median_s: (p50 ?? 0) / 1000, p99_s: Math.max(p50 ?? 0, p99 ?? 0) / 1000 },
    ]),
  )
}

/** Records of the runs whose times the simulation was given: it cannot be held against them. */
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

/** A deployment as the simulation takes it, or what has to be measured first. */
export type SimulationInputs =
  | {
      readonly service: ServiceParameters
      readonly store: StoreParameters
      /** Figures in it that nobody measured, in words. */
      readonly assumed: readonly string[]
      readonly missing: readonly []
    }
  | { readonly missing: readonly string[] }

/**
 * @param inputs what the cost model was given, complete for this store
 * @param instance the PostgreSQL instance to run on; of no matter for DynamoDB
 */
export function simulationInputs(
  evidence: StoreEvidence,
  inputs: CostInputs,
  instance: InstanceClass | null,
): SimulationInputs {
  const { deployment, traffic } = inputs
  const assumedLatency = evidence.emulator
  const kinds = kindsOf(traffic)
  const unloaded = assumedLatency
    ? Object.fromEntries(kinds.map((kind) => [kind, ASSUMED_DYNAMODB]))
    : unloadedOf(evidence)
  const missing = kinds.filter((kind) => unloaded[kind] === undefined)
  if (missing.length > 0)
    return { missing: [`${STORE_NAMES[evidence.store]}: latency of ${missing.join(', ')}`] }
  const service: ServiceParameters = {
    ...SERVICE,
    cpu_s: inputs[evidence.store].service_cpu_s,
    task_cores: deployment.task.vcpus * deployment.core_speed,
    min_tasks: deployment.min_tasks,
    target_utilisation: deployment.target_utilisation,
  }
  const assumed = [
    ...(assumedLatency
      ? [
          `DynamoDB answers in ${1000 * ASSUMED_DYNAMODB.median_s} ms (median) and ${1000 * ASSUMED_DYNAMODB.p99_s} ms (p99): not measured, an emulator was`,
        ]
      : []),
    ...(evidence.store === 'postgres' ? ASSUMED_POSTGRES : []),
    `a task starts in ${service.scale_out_s} s`,
  ]
  return { service, store: storeOf(evidence, inputs, unloaded, instance), assumed, missing: [] }
}

function storeOf(
  { store }: StoreEvidence,
  inputs: CostInputs,
  unloaded: PerKind<Unloaded>,
  instance: InstanceClass | null,
): StoreParameters {
  const { deployment, carts, postgres, dynamodb } = inputs
  if (store === 'dynamodb')
    return {
      ...DYNAMODB,
      unloaded,
      write_units: dynamodb.write_units,
      read_units: dynamodb.read_units[deployment.read_consistency],
      data_gb: (carts * (dynamodb.cart_bytes ?? 0)) / 1e9 / deployment.regions,
    }
  return {
    ...POSTGRES,
    unloaded,
    cpu_s: postgres.database_cpu_s,
    cores: coresOf(instance, deployment),
    pool_connections: deployment.pool_connections,
    max_connections: instance === null ? 0 : maxConnections(instance.memory_gib),
    read_replicas: deployment.read_replicas,
  }
}

function coresOf(instance: InstanceClass | null, { core_speed }: Deployment): number {
  return (instance?.vcpus ?? 0) * core_speed
}
