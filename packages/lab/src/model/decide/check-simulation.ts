import { OPERATION_KINDS, type PerKind } from '../../results/operation-kinds.ts'
import { type Fit, fitTo, NO_FIT } from '../simulate/fit.ts'
import { fittedStore, scaledCpu } from '../simulate/fitted.ts'
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
  type ValidatedPoint,
  type Validation,
  validatePoint,
  validation,
} from '../simulate/validate.ts'
import { eachKind, type RunEvidence, type StoreEvidence } from './evidence.ts'
import { calmFirst, givenRuns, logBytesOf, unloadedOf } from './model-inputs.ts'

/** The machine of the measured runs, as far as the simulation needs it. */
export interface TestMachine {
  /** Cores available to the service and to the database: a configured limit, or a share of the shared cores. */
  readonly service_cores: number
  readonly database_cores: number
  readonly connections: number
}

const SECONDS = 60

/** The error of the simulation against measured runs. */
export interface SimulationCheck extends Validation {
  /** CPU measurements without which nothing can be validated; there are no points then. */
  readonly missing: readonly MissingCpu[]
  /** Fitted to all points; without change where there are too few. */
  readonly fit: Fit
}

/** With fewer runs, a fit to all but one would follow one or two of them. */
const FEWEST_FITTED = 3

export type MissingCpu = 'service_cpu' | 'database_cpu' | 'emulator_cpu'

/**
 * Fits the simulation to the measured open-loop runs of a store, at the size of the test machine and with the mix of each
 * run, and computes its error: each run is predicted by a fit to the other runs. Runs whose latencies are inputs of the
 * simulation are left out.
 *
 * @returns no points where there are no other runs, or the CPU of their operations was not measured
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
  const missing = missingCpu(store, others.map(mixOf))
  const runs = missing.length > 0 ? [] : others
  const predicted = remembering((run: RunEvidence, fit: Fit) =>
    validatePoint(pointOf(run), predict(store, machine, run, fit, seed)),
  )
  const fitted = (to: readonly RunEvidence[]) =>
    runs.length < FEWEST_FITTED ? NO_FIT : fitTo((fit) => to.map((run) => predicted(run, fit)))
  const points = runs.map((run) => predicted(run, fitted(runs.filter((other) => other !== run))))
  return { ...validation(points), missing, fit: fitted(runs) }
}

/** The fits to all but one run try mostly the same factors. */
function remembering(
  predict: (run: RunEvidence, fit: Fit) => ValidatedPoint,
): (run: RunEvidence, fit: Fit) => ValidatedPoint {
  const known = new Map<string, ValidatedPoint>()
  return (run, fit) => {
    const key = `${run.record} ${fit.cpu} ${fit.variability} ${fit.latency}`
    const point = known.get(key) ?? predict(run, fit)
    known.set(key, point)
    return point
  }
}

/** An operation without a CPU figure would be simulated as free. */
function missingCpu(store: StoreEvidence, mixes: readonly PerKind[]): MissingCpu[] {
  const kinds = new Set(mixes.flatMap((mix) => Object.keys(mix)))
  const lacks = (cpu: PerKind) => [...kinds].some((kind) => !(kind in cpu))
  const database: MissingCpu | null = store.emulator
    ? 'emulator_cpu'
    : store.store === 'postgres'
      ? 'database_cpu'
      : null
  return [
    ...(lacks(serviceCpu(store)) ? (['service_cpu'] as const) : []),
    ...(database !== null && lacks(databaseCpu(store)) ? [database] : []),
  ]
}

function serviceCpu(store: StoreEvidence): PerKind {
  return eachKind(store, ({ service_cpu_s }) => service_cpu_s)
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
  run: RunEvidence,
  fit: Fit,
  seed: number,
): RunFigures {
  const offered = run.offered ?? 0
  const { throughput, latency } = simulate({
    service: {
      ...SERVICE,
      cpu_s: scaledCpu(serviceCpu(store), fit),
      task_cores: machine.service_cores,
      min_tasks: 1,
      max_tasks: 1,
    },
    store: fittedStore(parametersOf(store, machine), fit),
    workload: {
      phases: [{ seconds: SECONDS, from: offered, to: offered }],
      shopper_rate: 1,
      mix: mixOf(run),
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
  // A Node process uses at most one core, apart from LevelDB's threads.
  if (store.emulator)
    return {
      kind: 'emulator',
      unloaded,
      cpu_s,
      cores: Math.min(1, machine.database_cores),
      variability_factor: 1,
    }
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
    log_bytes: logBytesOf(store),
    flush_s: store.flush_s?.value ?? POSTGRES.flush_s,
    unloaded,
    cpu_s,
    cores: machine.database_cores,
    pool_connections: machine.connections,
    max_connections: machine.connections,
  }
}
