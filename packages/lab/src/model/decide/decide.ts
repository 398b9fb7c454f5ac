import type { ComparisonParts } from '../../results/comparison-file.ts'
import { type CostCurve, costCurve } from '../cost/cost-curve.ts'
import type { Prices } from '../cost/prices.ts'
import { type PurchaseOption, purchaseOptions } from '../cost/purchase.ts'
import { perStore, type StoreName } from '../terms/stores.ts'
import { type Advice, advise } from './advise.ts'
import { checkSimulation, type SimulationCheck } from './check-simulation.ts'
import { type Conclusion, conclusions } from './conclusions.ts'
import type { StoreEvidence } from './evidence.ts'
import { type ComparisonEvidence, evidenceFrom } from './from-comparison.ts'
import { type StoreLimits, storeLimits } from './limits.ts'
import { oneShop, type ShopPart } from './one-shop.ts'
import { type Requirement, requirementsSheet } from './requirements.ts'
import { SCENARIOS, type Scenario, scenarioOf } from './scenarios.ts'
import { sensitivity, type Variation } from './sensitivity.ts'
import { BASE_PRESET, type Shop } from './shop.ts'
import { shopInputs } from './shop-inputs.ts'
import { testMachine } from './test-machine.ts'
import { groundsOf, weigh } from './weigh.ts'

/** Everything that follows from one comparison and one price file: plain data for a report. */
export interface Decision extends ComparisonEvidence {
  /** Must be shown wherever a cost is shown. */
  readonly prices: Pick<Prices, 'label' | 'collected' | 'region' | 'currency'>
  readonly requirements: readonly Requirement[]
  /** What holds anywhere, what holds on this machine, and what only the real DynamoDB can show. */
  readonly conclusions: readonly Conclusion[]
  /** Modelled monthly cost against traffic. `scenario` is the one whose visits and carts kept are scaled. */
  readonly cost: CostCurve & { readonly scenario: Scenario }
  /** One recommendation per scenario: that of the reader's own shop first, then those of the presets. */
  readonly advice: readonly Advice[]
  /** The reader's own shop, or the preset that stands for it. */
  readonly focus: {
    /** One of `advice`. */
    readonly advice: Advice
    /** Whether the reader described it. */
    readonly own: boolean
    readonly sensitivity: readonly Variation[]
  }
  /** Other ways to buy and extend the stores, for the shop of `focus`. */
  readonly options: readonly PurchaseOption[]
  /** Simulated latency and errors against shoppers, up to 30 million. */
  readonly limits: StoreLimits
  /** The error of the simulation against the measured open-loop runs. */
  readonly simulation: Readonly<Record<StoreName, SimulationCheck>>
  /** The cheaper database for each part of a shop, at the traffic of `cost.scenario`. */
  readonly one_shop: readonly ShopPart[]
}

/** Operations per second, monthly average: from a shop with a visitor per hour to a global platform. */
const RATES = { low: 0.01, high: 100_000 }

export interface DecideOptions {
  /** The reader's own shop. */
  readonly shop?: Shop | undefined
  readonly seed?: number
}

/** Deterministic: the same file, prices, shop and seed give the same decision. */
export function decide(
  file: ComparisonParts,
  prices: Prices,
  { shop, seed = 1 }: DecideOptions = {},
): Decision {
  const bare = evidenceFrom(file)
  const simulation = perStore((store) =>
    checkSimulation(bare.evidence[store], testMachine(file, bare.sides[store] ?? ''), seed),
  )
  const evidence = perStore((store) => withFit(bare.evidence[store], simulation[store]))
  const found = { ...bare, evidence }
  const own = shop === undefined ? [] : [scenarioOf(shop)]
  const scenarios = [...own, ...SCENARIOS]
  const grounds = groundsOf(evidence, prices, { seed })
  const all = advise(evidence, prices, { ...grounds, scenarios })
  const advice = own.length > 0 ? all[0] : all.find(({ scenario: { id } }) => id === BASE_PRESET)
  if (advice === undefined) throw new RangeError(`there is no scenario "${BASE_PRESET}"`)
  const { scenario } = advice
  const inputs = shopInputs(evidence, scenario)
  const { label, collected, region, currency } = prices
  return {
    ...found,
    prices: { label, collected, region, currency },
    requirements: requirementsSheet(evidence),
    conclusions: conclusions(evidence),
    cost: { ...costCurve(inputs, prices, RATES), scenario },
    advice: all,
    focus: {
      advice,
      own: own.length > 0,
      sensitivity:
        advice.choice === 'undecided' || advice.choice === 'neither'
          ? []
          : sensitivity(weigh(scenario, grounds), grounds),
    },
    options: purchaseOptions(inputs, prices, scenario.shop.rise_minutes),
    limits: storeLimits(evidence, prices, { seed }),
    simulation,
    one_shop: oneShop(evidence, prices, scenario),
  }
}

/** An emulator's runs say nothing about the queues and limits of its original. */
function withFit(store: StoreEvidence, { fit, range }: SimulationCheck): StoreEvidence {
  const validated = Object.values(range).some((one) => one !== null)
  return { ...store, fitted: store.emulator || !validated ? null : { fit, range } }
}
