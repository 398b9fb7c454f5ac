import { totalRate } from '../cost/inputs.ts'
import type { Prices } from '../cost/prices.ts'
import { OBJECTIVE, type ServiceObjective } from '../simulate/load-sweep.ts'
import type { Missing } from '../terms/missing.ts'
import { perStore, STORES, type StoreName } from '../terms/stores.ts'
import { type Change, changes } from './changes.ts'
import { type Choice, choose } from './choose.ts'
import type { Evidence } from './evidence.ts'
import { costInputs } from './model-inputs.ts'
import { demandOf, SCENARIOS, type Scenario } from './scenarios.ts'
import { type Standing, standingOf } from './standing.ts'

/** The recommendation for one scenario. */
export interface Advice {
  readonly scenario: Scenario
  readonly choice: Choice
  /** Operations per second, monthly average. */
  readonly rate: number
  readonly standings: Readonly<Record<StoreName, Standing>>
  readonly would_change: readonly Change[]
  /** Measurements that are missing, whatever the choice. */
  readonly missing: readonly Missing[]
}

export interface AdviceOptions {
  readonly scenarios?: readonly Scenario[]
  readonly objective?: ServiceObjective
  /** Costs within this factor are too close to call: prices are a third party's, and CPU was measured elsewhere. */
  readonly margin?: number
  readonly seed?: number
}

const MARGIN = 1.15

/** Recommends a store for each scenario, from the evidence, the cost model and the simulation. */
export function advise(
  evidence: Evidence,
  prices: Prices,
  { scenarios = SCENARIOS, objective = OBJECTIVE, margin = MARGIN, seed = 1 }: AdviceOptions = {},
): Advice[] {
  return scenarios.map((scenario) => {
    const inputs = costInputs(evidence, demandOf(scenario))
    const question = { scenario, inputs, prices, objective, seed }
    const standings = perStore((store) => standingOf(store, evidence, question))
    const choice = choose(standings, margin)
    return {
      scenario,
      choice,
      rate: totalRate(inputs.traffic),
      standings,
      would_change: changes({ ...question, evidence, standings, choice }),
      missing: STORES.flatMap((store) => standings[store].missing),
    }
  })
}
