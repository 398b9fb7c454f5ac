import { totalRate } from '../cost/inputs.ts'
import type { Prices } from '../cost/prices.ts'
import type { ServiceObjective } from '../simulate/load-sweep.ts'
import type { Missing } from '../terms/missing.ts'
import { STORES, type StoreName } from '../terms/stores.ts'
import type { Certainty } from './certainty.ts'
import { type Change, changes } from './changes.ts'
import type { Choice } from './choose.ts'
import type { Evidence } from './evidence.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import type { Standing } from './standing.ts'
import { type Grounds, groundsOf, weigh } from './weigh.ts'

/** The recommendation for one scenario. */
export interface Advice {
  readonly scenario: Scenario
  readonly choice: Choice
  /** How far the cheaper store depends on inputs that are not known exactly; `null` without both costs. */
  readonly certainty: Certainty | null
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
  readonly seed?: number
  readonly run?: Grounds['run']
  readonly certain?: Grounds['certain']
}

/** Recommends a store for each scenario, from the evidence, the cost model and the simulation. */
export function advise(
  evidence: Evidence,
  prices: Prices,
  { scenarios = SCENARIOS, ...given }: AdviceOptions = {},
): Advice[] {
  const grounds = groundsOf(evidence, prices, given)
  return scenarios.map((scenario) => {
    const weighed = weigh(scenario, grounds)
    const { standings, choice, inputs } = weighed
    return {
      scenario,
      choice,
      certainty: grounds.certain(weighed),
      rate: totalRate(inputs.traffic),
      standings,
      would_change: changes({ ...weighed, evidence }),
      missing: STORES.flatMap((store) => standings[store].missing),
    }
  })
}
