import { costCurve } from '../cost/cost-curve.ts'
import { totalRate } from '../cost/inputs.ts'
import { STORE_NAMES } from '../cost/monthly-cost.ts'
import { meets } from '../simulate/load-sweep.ts'
import type { Context } from './context.ts'
import { outcomeOf, type Standing } from './standing.ts'
import { amount, milliseconds, money } from './words.ts'

/** What would turn a recommendation, each a sentence. */
export function wouldChange(context: Context): string[] {
  const { postgres, dynamodb, choice } = context
  const all = [postgres, dynamodb].flatMap((standing) => [
    ...standing.missing.map((what) => `Measuring ${what}.`),
    ...repairs(standing),
  ])
  if (choice === 'undecided' || choice === 'neither') return all
  return [
    ...all,
    ...crossing(context),
    ...price(context),
    ...growth(context),
    ...surprise(context),
    ...real(context),
  ]
}

function repairs({ store, faults }: Standing): string[] {
  return faults.map(({ text }) => `${STORE_NAMES[store]}, were this otherwise: ${text}`)
}

/** How far around the scenario's traffic the curves are looked at. */
const RANGE = 1000

/** The nearest crossings of the cost curves on either side of the scenario's traffic. */
function crossing({ inputs, prices, postgres, dynamodb }: Context): string[] {
  if (postgres.cost.total === null || dynamodb.cost.total === null) return []
  const rate = totalRate(inputs.traffic)
  const { crossings } = costCurve(inputs, prices, { low: rate / RANGE, high: rate * RANGE })
  const below = crossings.findLast(({ at }) => at < rate)
  const above = crossings.find(({ at }) => at > rate)
  const name = (side: 'a' | 'b') => STORE_NAMES[side === 'a' ? 'postgres' : 'dynamodb']
  return [
    ...(below
      ? [
          `Below ${amount(below.at)} operations a second on average ${name(below.below)} costs less.`,
        ]
      : []),
    ...(above
      ? [
          `Above ${amount(above.at)} operations a second on average ${name(above.above)} ${above.kind === 'end' ? 'is what is left: the one writer of the other has found its end' : 'costs less'}.`,
        ]
      : []),
  ]
}

function price({ choice, postgres, dynamodb, prices }: Context): string[] {
  if (choice !== 'postgres' && choice !== 'dynamodb') return []
  const [chosen, other] = choice === 'postgres' ? [postgres, dynamodb] : [dynamodb, postgres]
  if (chosen.cost.total === null || other.cost.total === null) return []
  const less = other.cost.total - chosen.cost.total
  return less <= 0
    ? []
    : [
        `${STORE_NAMES[other.store]} costs less if its bill falls by more than ${money(less, prices.currency)} a month.`,
      ]
}

function growth({ postgres, dynamodb, objective }: Context): string[] {
  return [postgres, dynamodb]
    .filter(
      ({ fitness, doubled }) => fitness === 'fit' && doubled !== null && !meets(doubled, objective),
    )
    .map(
      ({ store, doubled }) =>
        `Twice the peak: ${STORE_NAMES[store]} as deployed would no longer serve it, for ${doubled?.limit ?? 'latency'} (simulated).`,
    )
}

function surprise({ postgres, dynamodb }: Context): string[] {
  return [postgres, dynamodb].flatMap(({ store, unprepared }) =>
    unprepared === null
      ? []
      : [`A peak that nobody prepared for: ${STORE_NAMES[store]} ${outcomeOf(unprepared)}.`],
  )
}

function real({ evidence, objective, choice }: Context): string[] {
  if (!evidence.dynamodb.emulator) return []
  const effect = choice === 'postgres' ? 'would confirm this' : 'would rule DynamoDB out'
  return [
    `A run against the real DynamoDB: a p99 above ${milliseconds(objective.p99_ms)} ${effect}.`,
  ]
}
