import { OPERATION_KINDS, type OperationKind, type PerKind } from '../../results/operation-kinds.ts'
import { missesSource } from '../cost/cache-misses.ts'
import { type CostInputs, kindsOf } from '../cost/inputs.ts'
import { maxConnections } from '../cost/instance-size.ts'
import type { StoreCost } from '../cost/monthly-cost.ts'
import type { InstanceClass } from '../cost/prices.ts'
import { VOLUMES } from '../cost/storage-volume.ts'
import { NO_FIT } from '../simulate/fit.ts'
import { fittedStore, scaledCpu } from '../simulate/fitted.ts'
import {
  DYNAMODB,
  POSTGRES,
  SERVICE,
  type ServiceParameters,
  type StoreParameters,
  type Unloaded,
} from '../simulate/parameters.ts'
import { DEFAULTS, dynamodbLatency } from '../terms/defaults.ts'
import type { Missing } from '../terms/missing.ts'
import { isWrite } from '../terms/mix.ts'
import { type ModelParameter, parameter } from '../terms/parameter.ts'
import { assumed, isMeasured, measured, type SourcedFigure } from '../terms/source.ts'
import { perStore } from '../terms/stores.ts'
import {
  type Evidence,
  eachKind,
  type LatencyEvidence,
  type RunEvidence,
  type StoreEvidence,
} from './evidence.ts'

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
      log_bytes: logBytesOf(postgres),
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

/** Bytes of write-ahead log per operation: those measured, and the default for changes. */
export function logBytesOf(store: StoreEvidence): PerKind {
  return Object.fromEntries(OPERATION_KINDS.map((kind) => [kind, logFigure(store, kind).value]))
}

function logFigure({ operations }: StoreEvidence, kind: OperationKind): SourcedFigure {
  if (!isWrite(kind)) return assumed(0, 'a read changes nothing')
  return operations[kind]?.log_bytes ?? DEFAULTS.log_bytes
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
    [...timesWithoutLoad(store)].map(([kind, time]) => [kind, secondsOf(time)]),
  )
}

function secondsOf({ p50, p99 }: GivenTime): Unloaded {
  return { median_s: (p50 ?? 0) / 1000, p99_s: Math.max(p50 ?? 0, p99 ?? 0) / 1000 }
}

/** Records of the runs whose latencies are inputs of the simulation, which must not be validated against them. */
export function givenRuns(store: StoreEvidence): ReadonlySet<string> {
  return new Set([...timesWithoutLoad(store).values()].map(({ record }) => record))
}

export type GivenTime = Pick<LatencyEvidence, 'p50' | 'p99'> & { readonly record: string }

/** Per kind, the run whose latency is the one without load. */
export function timesWithoutLoad(store: StoreEvidence): ReadonlyMap<OperationKind, GivenTime> {
  const calm = calmFirst(store).filter(({ overload }) => !overload)
  const found = new Map<OperationKind, GivenTime>()
  for (const whole of [true, false])
    for (const { operations, record } of calm)
      for (const kind of OPERATION_KINDS) {
        const { p50 = null, p99 = null } = operations[kind] ?? {}
        if (!found.has(kind) && p50 !== null && (p99 !== null || !whole))
          found.set(kind, { p50, p99, record })
      }
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
  /** What the simulation was computed from beside the traffic and the deployment. */
  readonly parameters: readonly ModelParameter[]
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
  const { store } = evidence
  const occurring = kindsOf(traffic)
  const latencies = latenciesOf(evidence, occurring, deployment.read_consistency)
  const unloaded = unloadedIn(latencies)
  const kinds = occurring.filter((kind) => unloaded[kind] === undefined)
  if (kinds.length > 0)
    return { simulated: null, parameters: [], missing: [{ store, what: 'latency', kinds }] }
  const service: ServiceParameters = {
    ...SERVICE,
    cpu_s: inputs[store].service_cpu_s,
    task_cores: deployment.task.vcpus * deployment.core_speed,
    min_tasks: deployment.min_tasks,
    target_utilisation: deployment.target_utilisation,
  }
  const parameters =
    store === 'postgres'
      ? postgresParameters(inputs, unloaded, instance, flushOf(evidence))
      : dynamodbParameters(inputs, unloaded)
  const fit = evidence.fitted?.fit ?? NO_FIT
  return {
    simulated: {
      service: { ...service, cpu_s: scaledCpu(service.cpu_s, fit) },
      store: overNetwork(fittedStore(parameters, fit), evidence),
    },
    parameters: [
      ...latencies,
      ...limitsOf(evidence, occurring),
      parameter('task_start', DEFAULTS.task_start),
    ],
    missing: [],
  }
}

/** Latency without load per kind: measured here, else elsewhere, else, where only an emulator was measured, published. */
function latenciesOf(
  evidence: StoreEvidence,
  kinds: readonly OperationKind[],
  reads: 'strong' | 'eventual',
): ModelParameter[] {
  const { store, emulator } = evidence
  const times = timesWithoutLoad(evidence)
  return kinds.flatMap((operation) => {
    const both = (median: SourcedFigure, p99: SourcedFigure) => [
      parameter('latency_p50', median, { store, operation }),
      parameter('latency_p99', p99, { store, operation }),
    ]
    const time = times.get(operation)
    if (!emulator && time !== undefined) {
      const { median_s, p99_s } = secondsOf(time)
      return both(measured(median_s, time.record), measured(p99_s, time.record))
    }
    const other = evidence.latencies[operation]
    if (other !== undefined) return both(other.median, other.p99)
    if (!emulator) return []
    const { median, p99 } = dynamodbLatency(operation, reads)
    return both(median, p99)
  })
}

function unloadedIn(latencies: readonly ModelParameter[]): PerKind<Unloaded> {
  const of = (name: ModelParameter['name'], kind: OperationKind | null) =>
    latencies.find((one) => one.name === name && one.operation === kind)?.value ?? 0
  return Object.fromEntries(
    latencies.map(({ operation }) => [
      operation,
      { median_s: of('latency_p50', operation), p99_s: of('latency_p99', operation) },
    ]),
  )
}

/** Seconds that the measured latencies lack of a deployment's round trip. */
export function missingRoundTrip({ emulator, runs, round_trip_s }: StoreEvidence): number {
  if (emulator || round_trip_s === null || runs.length === 0) return 0
  return Math.max(0, DEFAULTS.round_trip.value - round_trip_s)
}

/** Latencies measured over loopback, with one round trip per operation to a database on another machine. */
function overNetwork(store: StoreParameters, evidence: StoreEvidence): StoreParameters {
  const added = missingRoundTrip(evidence)
  const unloaded = Object.fromEntries(
    Object.entries(store.unloaded).map(([kind, { median_s, p99_s }]) => [
      kind,
      { median_s: median_s + added, p99_s: p99_s + added },
    ]),
  )
  return { ...store, unloaded }
}

/** That of the deployment. A flush that this run measured is one of the disk of the test machine. */
function flushOf({ flush_s }: StoreEvidence): SourcedFigure {
  return flush_s?.source.kind === 'measured_elsewhere' ? flush_s : DEFAULTS.flush_time
}

/** The limits of a database, and its times that no run shows. */
const LARGEST_VOLUME = VOLUMES.at(-1)?.bytes_per_s ?? DEFAULTS.log_bandwidth

function limitsOf(evidence: StoreEvidence, kinds: readonly OperationKind[]): ModelParameter[] {
  const { store } = evidence
  return store === 'postgres'
    ? [
        ...kinds
          .filter(isWrite)
          .map((operation) =>
            parameter('log_bytes', logFigure(evidence, operation), { store, operation }),
          ),
        parameter('log_bandwidth', LARGEST_VOLUME, { store }),
        parameter('flush_time', flushOf(evidence), { store }),
        parameter('round_trip', DEFAULTS.round_trip, { store }),
      ]
    : [
        parameter('table_write_quota', DEFAULTS.table_quota, { store }),
        parameter('table_read_quota', DEFAULTS.table_quota, { store }),
        parameter('partition_split', DEFAULTS.partition_split, { store }),
      ]
}

/** Figures of the cost model for the kinds of operation that occur. */
export function costParameters(
  { store, operations, cart_bytes }: StoreEvidence,
  kinds: readonly OperationKind[],
): ModelParameter[] {
  const each = kinds.flatMap((operation) => {
    const own = operations[operation]
    if (own === undefined) return []
    const figures = [
      ['service_cpu', own.service_cpu_s],
      ['database_cpu', own.database_cpu_s],
      ['write_units', own.write_units],
      ['read_units_strong', own.read_units_strong],
      ['read_units_eventual', own.read_units_eventual],
    ] as const
    return figures.flatMap(([name, figure]) =>
      figure === null ? [] : [parameter(name, figure, { store, operation })],
    )
  })
  return cart_bytes === null ? each : [...each, parameter('cart_bytes', cart_bytes, { store })]
}

/** The measured misses and the assumed share of old carts behind the reads of PostgreSQL's storage. */
export function cacheParameters(
  { derived }: Pick<StoreCost, 'derived'>,
  store: StoreEvidence['store'],
): ModelParameter[] {
  const inputs = derived.find(({ id }) => id === 'postgres.reads')?.inputs
  if (inputs === undefined) return []
  const source = missesSource()
  const names = ['visit', 'any_read', 'any_change'] as const
  return [
    ...names.map((name) =>
      parameter(`misses_${name}`, { value: inputs[name] ?? 0, source }, { store }),
    ),
    parameter(
      'old_cart_share',
      assumed(
        inputs.old ?? 0,
        'most abandoned carts are never opened again; replace it by your own share',
      ),
      { store },
    ),
  ]
}

/** Those that were not measured, here or elsewhere. */
export function unmeasured(parameters: readonly ModelParameter[]): ModelParameter[] {
  return parameters.filter((one) => !isMeasured(one))
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
  flush: SourcedFigure,
): StoreParameters {
  return {
    ...POSTGRES,
    flush_s: flush.value,
    log_bytes: postgres.log_bytes,
    unloaded,
    cpu_s: postgres.database_cpu_s,
    cores: (instance?.vcpus ?? 0) * deployment.core_speed,
    pool_connections: deployment.pool_connections,
    max_connections: instance === null ? 0 : maxConnections(instance.memory_gib),
    // A peak that needs more than the smallest volume gives is deployed on a larger one.
    wal_bytes_per_s: LARGEST_VOLUME.value,
    read_replicas: deployment.read_replicas,
  }
}
