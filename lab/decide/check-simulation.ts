import type { PerKind } from '../cost/inputs.ts'
import { OPERATION_KINDS } from '../results/operation-kinds.ts'
import {
  DYNAMODB,
  type EmulatorParameters,
  POSTGRES,
  SERVICE,
  type StoreParameters,
} from '../simulate/parameters.ts'
import { simulate } from '../simulate/simulate.ts'
import {
  type MeasuredPoint,
  type RunFigures,
  type Validation,
  validate,
} from '../simulate/validate.ts'
import { eachKind, type RunEvidence, type StoreEvidence } from './evidence.ts'
import { calmFirst, givenRuns, unloadedOf } from './model-inputs.ts'

/** The machine that the runs were made on, as far as the simulation asks. */
export interface TestMachine {
  /** Cores that the service, and the database, could use: what each was limited to, or its part of those they shared. */
  readonly service_cores: number
  readonly database_cores: number
  readonly connections: number
}

const SECONDS = 60

/** How far the simulation was off. */
export interface SimulationCheck extends Validation {
  /** What was not measured and kept it from being checked, in words; there are no points then. */
  readonly missing: readonly string[]
}

/**
 * The simulation against the measured open-loop runs of a store, at the size of the test machine. Runs whose latencies
 * the simulation was given are left out. Operations are taken in the shares that the runs had.
 *
 * @returns no points where there are no others, or CPU of an operation in them was not measured
 */
export function checkSimulation(
  store: StoreEvidence,
  machine: TestMachine,
  seed = 1,
): SimulationCheck {
  const given = givenRuns(store)
  const others = calmFirst(store).filter(
    ({ offered, record }) => offered !== null && !given.has(record),
  )
  const mixes = new Map(others.map((run) => [run.offered ?? 0, mixOf(run)]))
  const missing = missingCpu(store, [...mixes.values()])
  const checked = missing.length > 0 ? [] : others.map(pointOf)
  const validation = validate(checked, (offered) =>
    predict(store, machine, mixes.get(offered) ?? {}, offered, seed),
  )
  return { ...validation, missing }
}

/** An operation whose CPU is not known would cost nothing. */
function missingCpu(store: StoreEvidence, mixes: readonly PerKind[]): string[] {
  const kinds = new Set(mixes.flatMap((mix) => Object.keys(mix)))
  const known = (cpu: PerKind) => [...kinds].every((kind) => kind in cpu)
  const database = store.emulator ? 'emulator' : store.store === 'postgres' ? 'database' : null
  return [
    ...(known(eachKind(store, ({ service_cpu_s }) => service_cpu_s))
      ? []
      : ['CPU of the service per operation']),
    ...(database === null || known(databaseCpu(store))
      ? []
      : [`CPU of the ${database} per operation`]),
  ]
}

function databaseCpu(store: StoreEvidence): PerKind {
  return eachKind(store, ({ database_cpu_s, emulator_cpu_s }) =>
    store.emulator ? emulator_cpu_s : database_cpu_s,
  )
}

function pointOf({ record, offered, throughput, overall }: RunEvidence): MeasuredPoint {
  return {
    record,
    offered: offered ?? 0,
    throughput,
    p50_ms: overall?.p50 ?? null,
    p99_ms: overall?.p99 ?? null,
  }
}

function mixOf({ operations }: RunEvidence): PerKind {
  const counts = OPERATION_KINDS.map((kind) => [kind, operations[kind]?.count ?? 0] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

function predict(
  store: StoreEvidence,
  machine: TestMachine,
  mix: PerKind,
  offered: number,
  seed: number,
): RunFigures {
  const { throughput, latency } = simulate({
    service: {
      ...SERVICE,
      cpu_s: eachKind(store, ({ service_cpu_s }) => service_cpu_s),
      task_cores: machine.service_cores,
      min_tasks: 1,
      max_tasks: 1,
    },
    store: parametersOf(store, machine),
    workload: {
      phases: [{ seconds: SECONDS, from: offered, to: offered }],
      shopper_rate: 1,
      mix,
      carts: 1000,
      skew: 0,
      hot_share: 0,
    },
    seed,
  })
  return { throughput, p50_ms: latency?.p50 ?? null, p99_ms: latency?.p99 ?? null }
}

function parametersOf(
  store: StoreEvidence,
  machine: TestMachine,
): StoreParameters | EmulatorParameters {
  const unloaded = unloadedOf(store)
  const cpu_s = databaseCpu(store)
  // A process of Node: one core at most, but for what LevelDB does beside it.
  if (store.emulator)
    return { kind: 'emulator', unloaded, cpu_s, cores: Math.min(1, machine.database_cores) }
  if (store.store === 'dynamodb')
    return {
      ...DYNAMODB,
      quota: null,
      unloaded,
      data_gb: 0,
      write_units: eachKind(store, ({ write_units }) => write_units),
      read_units: eachKind(store, ({ read_units_strong }) => read_units_strong),
    }
  return {
    ...POSTGRES,
    unloaded,
    cpu_s,
    cores: machine.database_cores,
    pool_connections: machine.connections,
    max_connections: machine.connections,
  }
}
