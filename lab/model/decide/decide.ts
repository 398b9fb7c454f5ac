import type { ComparisonParts } from '../../results/comparison-file.ts'
import { type CostCurve, costCurve } from '../cost/cost-curve.ts'
import type { StoreName } from '../cost/monthly-cost.ts'
import type { Prices } from '../cost/prices.ts'
import { type Advice, advise, whenToChoose } from './advise.ts'
import { checkSimulation, type SimulationCheck } from './check-simulation.ts'
import { type Conclusion, conclusions } from './conclusions.ts'
import type { Evidence } from './evidence.ts'
import { evidenceFrom } from './from-comparison.ts'
import { type StoreLimits, storeLimits } from './limits.ts'
import { costInputs } from './model-inputs.ts'
import { oneShop, type ShopPart } from './one-shop.ts'
import { type Requirement, requirementsSheet } from './requirements.ts'
import { demandOf, SCENARIOS, type Scenario } from './scenarios.ts'
import { testMachine } from './test-machine.ts'

/** Everything that can be decided from one comparison and one price file: plain data, for a report to show. */
export interface Decision {
  /** What it rests on; every figure with its record in `results.json`. */
  readonly evidence: Evidence
  /** Key of the side that speaks for a store; `null` where none runs on it. */
  readonly sides: Readonly<Record<StoreName, string | null>>
  /** What must be said beside the figures: who speaks for whom, what was added to what was measured. */
  readonly notes: readonly string[]
  /** What must be said wherever a cost is shown. */
  readonly prices: Pick<Prices, 'label' | 'collected' | 'region' | 'currency'>
  /** Met, not met or not tested, per store; always all five, in the same order. */
  readonly requirements: readonly Requirement[]
  /** What holds anywhere, what is of this machine, what only the real DynamoDB can tell. */
  readonly conclusions: readonly Conclusion[]
  /** Monthly cost against traffic, with crossings: modelled. `scenario` is the one whose visits and carts kept are scaled. */
  readonly cost: CostCurve & { readonly scenario: Scenario }
  /** A recommendation for each scenario. */
  readonly advice: readonly Advice[]
  /** Latency and errors against shoppers, up to 30 million: simulated. */
  readonly limits: StoreLimits
  /** The simulation against the measured open-loop runs; without points where there was one rate only, or something is missing. */
  readonly simulation: Readonly<Record<StoreName, SimulationCheck>>
  /** When to choose it; sentences, none where nothing supports it. */
  readonly when_to_choose: Readonly<Record<StoreName, readonly string[]>>
  /** How both serve in one shop, at the traffic of the same scenario. */
  readonly one_shop: readonly ShopPart[]
}

/** Operations per second, monthly average: from a shop with a visitor an hour to that of a global platform. */
const RATES = { low: 0.01, high: 100_000 }

/** The scenario that the cost curve scales and the one shop has. */
const USUAL = 'growing'

/** Quick and deterministic: the same file, prices and seed give the same decision. */
export function decide(file: ComparisonParts, prices: Prices, seed = 1): Decision {
  const { evidence, sides, notes } = evidenceFrom(file)
  const scenario = SCENARIOS.find(({ id }) => id === USUAL)
  if (scenario === undefined) throw new RangeError(`there is no scenario "${USUAL}"`)
  const inputs = costInputs(evidence, { ...demandOf(scenario), deployment: scenario.deployment })
  const advice = advise(evidence, prices, { seed })
  const check = (store: StoreName) =>
    checkSimulation(evidence[store], testMachine(file, sides[store] ?? ''), seed)
  const { label, collected, region, currency } = prices
  return {
    evidence,
    sides,
    notes,
    prices: { label, collected, region, currency },
    requirements: requirementsSheet(evidence),
    conclusions: conclusions(evidence),
    cost: { ...costCurve(inputs, prices, RATES), scenario },
    advice,
    limits: storeLimits(evidence, prices, { seed }),
    simulation: { postgres: check('postgres'), dynamodb: check('dynamodb') },
    when_to_choose: {
      postgres: whenToChoose('postgres', advice),
      dynamodb: whenToChoose('dynamodb', advice),
    },
    one_shop: oneShop(evidence, prices, scenario),
  }
}
