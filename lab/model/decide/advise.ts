import { STORE_NAMES, type StoreName } from '../cost/monthly-cost.ts'
import type { Prices } from '../cost/prices.ts'
import { OBJECTIVE, type Objective } from '../simulate/load-sweep.ts'
import type { Choice, Context } from './context.ts'
import type { Evidence } from './evidence.ts'
import { costInputs } from './model-inputs.ts'
import { type Reason, reasons } from './reasons.ts'
import { demandOf, SCENARIOS, type Scenario } from './scenarios.ts'
import { type Standing, standingOf } from './standing.ts'
import { money, otherThan } from './words.ts'
import { wouldChange } from './would-change.ts'

export interface Advice {
  readonly scenario: Scenario
  readonly choice: Choice
  /** One sentence. */
  readonly headline: string
  readonly reasons: readonly Reason[]
  /** What would turn it, each a sentence. */
  readonly would_change: readonly string[]
  /** What would have to be measured, in words; whatever the choice. */
  readonly missing: readonly string[]
  readonly postgres: Standing
  readonly dynamodb: Standing
}

export interface AdviceOptions {
  readonly scenarios?: readonly Scenario[]
  readonly objective?: Objective
  /** Costs within this factor are too close to tell: prices are a third party's, and CPU was measured elsewhere. */
  readonly margin?: number
  readonly seed?: number
}

const MARGIN = 1.15
/** Missing measurements that a headline names. */
const SHOWN = 3

/** A recommendation for each scenario, computed from what was measured, the cost model and the simulation. */
export function advise(
  evidence: Evidence,
  prices: Prices,
  { scenarios = SCENARIOS, objective = OBJECTIVE, margin = MARGIN, seed = 1 }: AdviceOptions = {},
): Advice[] {
  return scenarios.map((scenario) => {
    const inputs = costInputs(evidence, { ...demandOf(scenario), deployment: scenario.deployment })
    const question = { scenario, inputs, prices, objective, seed }
    const postgres = standingOf('postgres', evidence, question)
    const dynamodb = standingOf('dynamodb', evidence, question)
    const choice = choose(postgres, dynamodb, margin)
    const context = { evidence, inputs, prices, objective, postgres, dynamodb, choice }
    return {
      scenario,
      choice,
      headline: headline(context),
      reasons: reasons(context),
      would_change: wouldChange(context),
      missing: [...postgres.missing, ...dynamodb.missing],
      postgres,
      dynamodb,
    }
  })
}

function choose(postgres: Standing, dynamodb: Standing, margin: number): Choice {
  const sides = [postgres, dynamodb]
  if (sides.every(({ fitness }) => fitness === 'unfit')) return 'neither'
  if (sides.some(({ fitness }) => fitness === 'unknown')) return 'undecided'
  const fit = sides.filter(({ fitness }) => fitness === 'fit')
  const [only, second] = fit
  if (only === undefined) return 'neither'
  if (second === undefined) return only.store
  const [a, b] = [postgres.cost.total, dynamodb.cost.total]
  if (a === null || b === null) return 'undecided'
  if (Math.max(a, b) <= margin * Math.min(a, b)) return 'either'
  return a < b ? 'postgres' : 'dynamodb'
}

function headline({ choice, postgres, dynamodb, prices }: Context): string {
  const missing = [...postgres.missing, ...dynamodb.missing]
  const bill = ({ cost }: Standing) =>
    cost.total === null ? 'no bill' : `${money(cost.total, prices.currency)} a month`
  switch (choice) {
    case 'undecided':
      return `The evidence cannot support a choice. Not measured: ${shortened(missing)}.`
    case 'neither':
      return 'Neither store would serve this as deployed here.'
    case 'either':
      return `Either: both serve it, for ${bill(postgres)} (PostgreSQL) and ${bill(dynamodb)} (DynamoDB), too close to tell.`
    default: {
      const [chosen, other] = choice === 'postgres' ? [postgres, dynamodb] : [dynamodb, postgres]
      const [name, rival] = [STORE_NAMES[choice], STORE_NAMES[other.store]]
      return other.fitness === 'unfit'
        ? `${name}: it serves this for ${bill(chosen)}; ${rival} would not.`
        : `${name}: both serve it, for ${bill(chosen)} against ${bill(other)} with ${rival}.`
    }
  }
}

function shortened(missing: readonly string[]): string {
  const more = missing.length - SHOWN
  return [...missing.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

/** When to choose this store: the scenarios that did, and what would make one of those that chose the other. */
export function whenToChoose(store: StoreName, advice: readonly Advice[]): string[] {
  const chose = advice.filter(({ choice }) => choice === store)
  const rival = advice.filter(({ choice }) => choice === otherThan(store))
  return [
    ...chose.map(({ scenario, headline: sentence }) => `${scenario.title}. ${sentence}`),
    ...rival.flatMap(({ scenario, would_change }) =>
      would_change
        .filter((sentence) => speaksFor(STORE_NAMES[store], sentence))
        .map((sentence) => `${scenario.title}. ${sentence}`),
    ),
  ]
}

/** Whether a change that is told would be for this store: it costs less then, or the other one ends. */
function speaksFor(name: string, sentence: string): boolean {
  return sentence.includes(`${name} costs less`) || sentence.includes(`${name} is what is left`)
}
