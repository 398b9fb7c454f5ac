import { type CostInputs, kindsOf } from '../cost/inputs.ts'
import { monthlyCost, type StoreCost } from '../cost/monthly-cost.ts'
import type { CostLimit } from '../cost/postgres-cost.ts'
import type { Prices } from '../cost/prices.ts'
import { meets, type ServiceObjective } from '../simulate/load-sweep.ts'
import { type SimulationResult, simulate } from '../simulate/simulate.ts'
import type { ErrorRange } from '../simulate/validate.ts'
import type { Missing } from '../terms/missing.ts'
import { mixMean } from '../terms/mix.ts'
import type { ModelParameter } from '../terms/parameter.ts'
import type { StoreName } from '../terms/stores.ts'
import { type Evidence, recordsOf, type StoreEvidence } from './evidence.ts'
import {
  cacheParameters,
  costParameters,
  type SimulatedDeployment,
  simulationInputs,
  unmeasured,
} from './model-inputs.ts'
import { requirement } from './requirements.ts'
import { type Scenario, workloadOf } from './scenarios.ts'

/** Why a store is unfit for a scenario. */
export type Fault =
  | {
      /** A requirement that the measured runs do not meet. */
      readonly basis: 'measured'
      readonly requirement: DecisiveRequirement
      readonly records: readonly string[]
    }
  | { readonly basis: 'modelled'; readonly limit: CostLimit }
  /** The simulated peak does not meet the objective. */
  | { readonly basis: 'simulated'; readonly peak: SimulationResult }

/** Fitness and cost of one store in a scenario, independent of the other store. */
export interface Standing {
  readonly store: StoreName
  /** `unknown` where a measurement is missing and nothing measured rules the store out. */
  readonly fitness: 'fit' | 'unfit' | 'unknown'
  /** Why it is unfit. */
  readonly faults: readonly Fault[]
  readonly missing: readonly Missing[]
  /** Every figure that the cost and the simulation were computed from, with its source. */
  readonly parameters: readonly ModelParameter[]
  /** Those of the simulation that were published or assumed. */
  readonly assumed: readonly ModelParameter[]
  readonly cost: StoreCost
  /** Records of the figures from which the cost was computed. */
  readonly cost_records: readonly string[]
  /** At the peak of the scenario, and at twice the peak; `null` where it cannot be simulated. */
  readonly simulated: SimulationResult | null
  readonly doubled: SimulationResult | null
  /** Factors on simulated P99s that contain every measured run; `null` where the simulation was not validated. */
  readonly p99_range: ErrorRange | null
  /** At the peak without the preparation that the scenario assumes; `null` also where it assumes none. */
  readonly unprepared: SimulationResult | null
}

export interface Question {
  readonly scenario: Scenario
  readonly inputs: CostInputs
  readonly prices: Prices
  readonly objective: ServiceObjective
  readonly seed: number
  /** Replaces `simulate` where the same simulation is asked for repeatedly. */
  readonly run?: typeof simulate
  /** What is simulated: also what does not decide the fitness, only the peak, or nothing; `all` by default. */
  readonly simulated?: 'all' | 'peak' | 'nothing'
}

export function standingOf(store: StoreName, evidence: Evidence, question: Question): Standing {
  const { scenario, inputs, prices, objective, seed, simulated: extent = 'all' } = question
  const once = question.run ?? simulate
  const cost = monthlyCost(store, inputs, prices)
  const {
    simulated: deployed,
    parameters,
    ...lacking
  } = simulationInputs(evidence[store], inputs, cost.instance)
  const run = (times: number, asked = scenario) =>
    deployed === null || cost.total === null || extent === 'nothing'
      ? null
      : once({ ...prepared(asked, deployed), workload: workloadOf(scenario, times), seed })
  const simulated = run(1)
  const faults = [
    ...observedFaults(evidence[store]),
    ...(cost.limit === null ? [] : [{ basis: 'modelled' as const, limit: cost.limit }]),
    ...(simulated === null || meets(simulated, objective)
      ? []
      : [{ basis: 'simulated' as const, peak: simulated }]),
  ]
  const missing = [...cost.missing, ...lacking.missing, ...untested(evidence[store])]
  return {
    store,
    fitness: faults.length > 0 ? 'unfit' : missing.length > 0 ? 'unknown' : 'fit',
    faults,
    missing,
    parameters: [
      ...costParameters(evidence[store], kindsOf(inputs.traffic)),
      ...cacheParameters(cost, store),
      ...parameters,
    ],
    assumed: simulated === null ? [] : unmeasured(parameters),
    cost,
    cost_records: recordsOf(evidence[store], kindsOf(inputs.traffic)),
    simulated,
    p99_range: evidence[store].fitted?.range.p99_ms ?? null,
    doubled: extent === 'all' ? run(2) : null,
    unprepared:
      scenario.prepared && extent === 'all' ? run(1, { ...scenario, prepared: false }) : null,
  }
}

/** The deployment as prepared for a known peak: enough tasks, and a table pre-warmed and without quota. */
function prepared(
  scenario: Scenario,
  { service, store }: SimulatedDeployment,
): SimulatedDeployment {
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

/** Requirements whose result does not depend on the machine. */
const DECISIVE = ['no_lost_add', 'success_rate'] as const

export type DecisiveRequirement = (typeof DECISIVE)[number]

/** What the measured runs rule out on any deployment. */
function observedFaults(store: StoreEvidence): Fault[] {
  return DECISIVE.flatMap((id): Fault[] => {
    const { verdict, figure } = requirement(id, store)
    const records = figure === null ? [] : [figure.record]
    return verdict === 'not_met' ? [{ basis: 'measured', requirement: id, records }] : []
  })
}

function untested(evidence: StoreEvidence): Missing[] {
  return DECISIVE.filter((id) => requirement(id, evidence).verdict === 'not_tested').map(
    (what) => ({
      store: evidence.store,
      what,
      kinds: [],
    }),
  )
}
