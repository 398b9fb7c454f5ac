import type { ComparisonParts } from '../../results/comparison-file.ts'
import { type CostCurve, costCurve } from '../cost/cost-curve.ts'
import type { Prices } from '../cost/prices.ts'
import { perStore, type StoreName } from '../terms/stores.ts'
import { type Advice, advise } from './advise.ts'
import { checkSimulation, type SimulationCheck } from './check-simulation.ts'
import { type Conclusion, conclusions } from './conclusions.ts'
import { type ComparisonEvidence, evidenceFrom } from './from-comparison.ts'
import { type StoreLimits, storeLimits } from './limits.ts'
import { costInputs } from './model-inputs.ts'
import { oneShop, type ShopPart } from './one-shop.ts'
import { type Requirement, requirementsSheet } from './requirements.ts'
import { demandOf, SCENARIOS, type Scenario } from './scenarios.ts'
import { testMachine } from './test-machine.ts'

/** Everything that follows from one comparison and one price file: plain data for a report. */
export interface Decision extends ComparisonEvidence {
  /** Must be shown wherever a cost is shown. */
  readonly prices: Pick<Prices, 'label' | 'collected' | 'region' | 'currency'>
  readonly requirements: readonly Requirement[]
  /** What holds anywhere, what holds on this machine, and what only the real DynamoDB can show. */
  readonly conclusions: readonly Conclusion[]
  /** Modelled monthly cost against traffic. `scenario` is the one whose visits and carts kept are scaled. */
  readonly cost: CostCurve & { readonly scenario: Scenario }
  /** One recommendation per scenario. */
  readonly advice: readonly Advice[]
  /** Simulated latency and errors against shoppers, up to 30 million. */
  readonly limits: StoreLimits
  /** The error of the simulation against the measured open-loop runs. */
  readonly simulation: Readonly<Record<StoreName, SimulationCheck>>
  /** The cheaper database for each part of a shop, at the traffic of `cost.scenario`. */
  readonly one_shop: readonly ShopPart[]
}

/** Operations per second, monthly average: from a shop with a visitor per hour to a global platform. */
const RATES = { low: 0.01, high: 100_000 }

/** The scenario that the cost curve scales and whose traffic the one shop has. */
const USUAL = 'growing'

/** Deterministic: the same file, prices and seed give the same decision. */
export function decide(file: ComparisonParts, prices: Prices, seed = 1): Decision {
  const found = evidenceFrom(file)
  const { evidence, sides } = found
  const scenario = SCENARIOS.find(({ id }) => id === USUAL)
  if (scenario === undefined) throw new RangeError(`there is no scenario "${USUAL}"`)
  const inputs = costInputs(evidence, demandOf(scenario))
  const { label, collected, region, currency } = prices
  return {
    ...found,
    prices: { label, collected, region, currency },
    requirements: requirementsSheet(evidence),
    conclusions: conclusions(evidence),
    cost: { ...costCurve(inputs, prices, RATES), scenario },
    advice: advise(evidence, prices, { seed }),
    limits: storeLimits(evidence, prices, { seed }),
    simulation: perStore((store) =>
      checkSimulation(evidence[store], testMachine(file, sides[store] ?? ''), seed),
    ),
    one_shop: oneShop(evidence, prices, scenario),
  }
}
