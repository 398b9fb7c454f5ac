import type { Prices } from '../cost/prices.ts'
import { OBJECTIVE, type ServiceObjective } from '../simulate/load-sweep.ts'
import { type Simulation, type SimulationResult, simulate } from '../simulate/simulate.ts'
import { perStore, STORES, type StoreName } from '../terms/stores.ts'
import { type Choice, choose } from './choose.ts'
import type { Evidence } from './evidence.ts'
import type { Scenario } from './scenarios.ts'
import { shopInputs } from './shop-inputs.ts'
import { type Question, type Standing, standingOf } from './standing.ts'

/** What all recommendations of a decision rest on. */
export interface Grounds {
  readonly evidence: Evidence
  readonly prices: Prices
  readonly objective: ServiceObjective
  /** Costs within this factor are too close to call: prices are a third party's, and CPU was measured elsewhere. */
  readonly margin: number
  readonly seed: number
  /** `simulate`, which remembers its results. */
  readonly run: typeof simulate
}

export interface Weighed extends Question {
  readonly standings: Readonly<Record<StoreName, Standing>>
  readonly choice: Choice
}

export const MARGIN = 1.15

/** @param given replaces the defaults */
export function groundsOf(
  evidence: Evidence,
  prices: Prices,
  given: Partial<Omit<Grounds, 'evidence' | 'prices'>> = {},
): Grounds {
  const usual = { objective: OBJECTIVE, margin: MARGIN, seed: 1, run: remembering(simulate) }
  return { ...usual, ...given, evidence, prices }
}

/** Scenarios that differ in their cost alone are simulated once. */
function remembering(run: typeof simulate): typeof simulate {
  const known = new Map<string, SimulationResult>()
  return (simulation: Simulation) => {
    const key = JSON.stringify(simulation)
    const result = known.get(key) ?? run(simulation)
    known.set(key, result)
    return result
  }
}

/** How both stores stand in a scenario, and which to choose. */
export function weigh(
  scenario: Scenario,
  { evidence, margin, ...grounds }: Grounds,
  extent: Question['simulated'] = 'all',
): Weighed {
  const inputs = shopInputs(evidence, scenario)
  const question = { ...grounds, scenario, inputs, simulated: extent }
  const standings = perStore((store) => standingOf(store, evidence, question))
  return { ...question, standings, choice: choose(standings, margin) }
}

/**
 * The choice of `weigh` with fewer simulations: where one store costs clearly less and serves the peak, it is the choice
 * whatever the other store does.
 */
export function weighBriefly(scenario: Scenario, grounds: Grounds): Weighed {
  const bare = weigh(scenario, grounds, 'nothing')
  const { choice, standings } = bare
  if (choice === 'postgres' || choice === 'dynamodb') {
    const { fitness } = standingOf(choice, grounds.evidence, { ...bare, simulated: 'peak' })
    if (fitness === 'fit') return bare
  }
  // Without simulations no store is unknown or unfit that would be fit with them.
  const open = STORES.some((store) => standings[store].fitness === 'fit')
  return open ? weigh(scenario, grounds, 'peak') : bare
}
