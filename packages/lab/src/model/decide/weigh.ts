import type { Prices } from '../cost/prices.ts'
import { OBJECTIVE, type ServiceObjective } from '../simulate/load-sweep.ts'
import { simulate } from '../simulate/simulate.ts'
import { perStore, STORES, type StoreName } from '../terms/stores.ts'
import { certaintyOf } from './certainty.ts'
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
  readonly seed: number
  /** `simulate`, which remembers its results. */
  readonly run: typeof simulate
  /** `certaintyOf`, which remembers its results. */
  readonly certain: typeof certaintyOf
}

export interface Weighed extends Question {
  readonly standings: Readonly<Record<StoreName, Standing>>
  readonly choice: Choice
}

/** @param given replaces the defaults */
export function groundsOf(
  evidence: Evidence,
  prices: Prices,
  given: Partial<Omit<Grounds, 'evidence' | 'prices'>> = {},
): Grounds {
  const usual = {
    objective: OBJECTIVE,
    seed: 1,
    run: remembering(simulate, (simulation) => simulation),
    // The bills follow from inputs and prices.
    certain: remembering(certaintyOf, ({ inputs, seed: own }) => ({ inputs, own })),
  }
  return { ...usual, ...given, evidence, prices }
}

/** Scenarios that differ in something else alone are computed once. */
function remembering<Question, Result>(
  compute: (question: Question) => Result,
  key: (question: Question) => object,
): (question: Question) => Result {
  const known = new Map<string, Result>()
  return (question) => {
    const text = JSON.stringify(key(question))
    if (!known.has(text)) known.set(text, compute(question))
    return known.get(text) as Result
  }
}

/** How both stores stand in a scenario, and which to choose. */
export function weigh(
  scenario: Scenario,
  { evidence, certain, ...grounds }: Grounds,
  extent: Question['simulated'] = 'all',
): Weighed {
  const inputs = shopInputs(evidence, scenario)
  const question = { ...grounds, scenario, inputs, simulated: extent }
  const standings = perStore((store) => standingOf(store, evidence, question))
  const certainty = () => certain({ inputs, prices: grounds.prices, seed: grounds.seed, standings })
  return { ...question, standings, choice: choose(standings, certainty) }
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
