import type { CostInputs } from '../cost/inputs.ts'
import { monthlyCost, STORE_NAMES, type StoreCost, type StoreName } from '../cost/monthly-cost.ts'
import type { Prices } from '../cost/prices.ts'
import { meets, type Objective } from '../simulate/load-sweep.ts'
import type { ServiceParameters, StoreParameters } from '../simulate/parameters.ts'
import { type SimulationResult, simulate } from '../simulate/simulate.ts'
import { mixMean } from '../simulate/workload.ts'
import type { Evidence, StoreEvidence } from './evidence.ts'
import { simulationInputs } from './model-inputs.ts'
import { requirementsSheet } from './requirements.ts'
import { type Scenario, workloadOf } from './scenarios.ts'
import { milliseconds, percent } from './words.ts'

export interface Fault {
  readonly basis: 'measured' | 'modelled' | 'simulated'
  readonly text: string
  readonly records: readonly string[]
}

/** How a store stands in a scenario, before it is held against the other. */
export interface Standing {
  readonly store: StoreName
  /** `unknown` where something would have to be measured first and nothing known rules it out. */
  readonly fitness: 'fit' | 'unfit' | 'unknown'
  /** Why it is unfit, in sentences with their records. */
  readonly faults: readonly Fault[]
  /** What would have to be measured, in words. */
  readonly missing: readonly string[]
  /** Figures of the simulation that nobody measured. */
  readonly assumed: readonly string[]
  readonly cost: StoreCost
  /** Of the scenario's own peak, and of twice that; `null` where it cannot be simulated. */
  readonly simulated: SimulationResult | null
  readonly doubled: SimulationResult | null
  /** Of a peak that was to be prepared for and was not; `null` also where nothing was to be prepared. */
  readonly unprepared: SimulationResult | null
}

export function standingOf(
  store: StoreName,
  evidence: Evidence,
  question: {
    readonly scenario: Scenario
    readonly inputs: CostInputs
    readonly prices: Prices
    readonly objective: Objective
    readonly seed: number
  },
): Standing {
  const { scenario, inputs, prices, objective, seed } = question
  const cost = monthlyCost(store, inputs, prices)
  const parameters = parametersOf(evidence[store], inputs, prices, cost)
  const run = (times: number, asked = scenario) =>
    'service' in parameters
      ? simulate({ ...prepared(asked, parameters), workload: workloadOf(scenario, times), seed })
      : null
  const simulated = run(1)
  const faults = [
    ...observedFaults(store, evidence),
    ...(cost.limit === null ? [] : [modelledFault(cost.limit)]),
    ...(simulated === null ? [] : simulatedFaults(simulated, objective)),
  ]
  const missing = [...cost.missing, ...parameters.missing, ...untested(store, evidence)]
  return {
    store,
    fitness: faults.length > 0 ? 'unfit' : missing.length > 0 ? 'unknown' : 'fit',
    faults,
    missing: [...new Set(missing)],
    assumed: 'assumed' in parameters ? parameters.assumed : [],
    cost,
    simulated,
    doubled: run(2),
    unprepared: scenario.prepared ? run(1, { ...scenario, prepared: false }) : null,
  }
}

function parametersOf(
  evidence: StoreEvidence,
  inputs: CostInputs,
  prices: Prices,
  cost: StoreCost,
): ReturnType<typeof simulationInputs> {
  const name = cost.billed
    .flatMap(({ prices: used }) => Object.values(used))
    .find((id) => id.startsWith('rds.instance.'))
  const instance = prices.rds_instances.find((other) => `rds.instance.${other.class}` === name)
  const parameters = simulationInputs(evidence, inputs, instance ?? null)
  return cost.total === null ? { missing: parameters.missing } : parameters
}

/** What is raised beforehand for a peak that is known: enough tasks, and a table warmed for it, free of quotas. */
function prepared(
  scenario: Scenario,
  { service, store }: { readonly service: ServiceParameters; readonly store: StoreParameters },
): { readonly service: ServiceParameters; readonly store: StoreParameters } {
  if (!scenario.prepared) return { service, store }
  const { shopper_rate, mix, phases } = workloadOf(scenario)
  const peak = shopper_rate * (phases.at(-1)?.to ?? 0)
  const needed = Math.ceil(
    (peak * mixMean(mix, service.cpu_s)) / (service.task_cores * service.target_utilisation),
  )
  const warmed = { ...service, min_tasks: Math.max(service.min_tasks, needed) }
  if (store.kind === 'postgres') return { service: warmed, store }
  const warm = {
    write: 1.2 * peak * mixMean(mix, store.write_units),
    read: 1.2 * peak * mixMean(mix, store.read_units),
  }
  return { service: warmed, store: { ...store, warm, quota: null } }
}

/** What the measured runs rule out, wherever it is deployed. */
function observedFaults(store: StoreName, evidence: Evidence): Fault[] {
  return requirementsSheet(evidence)
    .filter(({ id, stores }) => DECISIVE.has(id) && stores[store].verdict === 'not_met')
    .map(({ title, criterion, stores }) => {
      const { figure } = stores[store]
      return {
        basis: 'measured',
        text: `${title}: not met (${criterion}).`,
        records: figure === null ? [] : [figure.record],
      }
    })
}

/** Requirements that hold or fail on any machine. */
const DECISIVE: ReadonlySet<string> = new Set(['no_lost_add', 'success_rate'])

function modelledFault(limit: string): Fault {
  return { basis: 'modelled', text: `${limit} (modelled).`, records: [] }
}

function untested(store: StoreName, evidence: Evidence): string[] {
  return requirementsSheet(evidence)
    .filter(({ id, stores }) => DECISIVE.has(id) && stores[store].verdict === 'not_tested')
    .map(({ title }) => `${STORE_NAMES[store]}: ${title.toLowerCase()}`)
}

function simulatedFaults(result: SimulationResult, objective: Objective): Fault[] {
  if (meets(result, objective)) return []
  return [{ basis: 'simulated', text: `At the peak ${outcomeOf(result)}.`, records: [] }]
}

/** Such as `p99 20 ms and 3 % errors, held back by table growth (simulated)`. */
export function outcomeOf({ latency, error_share, limit }: SimulationResult): string {
  const p99 = latency === null ? 'nothing answered' : `p99 ${milliseconds(latency.p99)}`
  const held = limit === null ? '' : `, held back by ${limit}`
  return `${p99} and ${percent(error_share)} errors${held} (simulated)`
}
