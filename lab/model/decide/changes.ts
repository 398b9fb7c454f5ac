import { costCurve } from '../cost/cost-curve.ts'
import type { Crossing } from '../cost/crossings.ts'
import { totalRate } from '../cost/inputs.ts'
import { meets } from '../simulate/load-sweep.ts'
import type { SimulationResult } from '../simulate/simulate.ts'
import type { Missing } from '../terms/missing.ts'
import { otherThan, STORES, type StoreName } from '../terms/stores.ts'
import type { Choice } from './choose.ts'
import type { Evidence } from './evidence.ts'
import type { Fault, Question, Standing } from './standing.ts'

/** Something that would change a choice, or could. */
export type Change =
  | { readonly kind: 'measurement'; readonly missing: Missing }
  | { readonly kind: 'repair'; readonly store: StoreName; readonly fault: Fault }
  | {
      /** Beyond this traffic the cheaper store changes. */
      readonly kind: 'traffic'
      readonly direction: 'below' | 'above'
      /** Operations per second, monthly average. */
      readonly rate: number
      readonly cheaper: StoreName
      /** Whether the other store cannot serve more. */
      readonly only: boolean
    }
  | {
      /** A store becomes the cheaper one if its monthly bill falls by more than this. */
      readonly kind: 'price'
      readonly cheaper: StoreName
      readonly amount: number
    }
  /** Twice the peak is more than the store as deployed serves. */
  | { readonly kind: 'growth'; readonly store: StoreName; readonly result: SimulationResult }
  /** The peak without preparation. */
  | { readonly kind: 'unprepared'; readonly store: StoreName; readonly result: SimulationResult }
  | {
      /** Latency of DynamoDB, which an emulator does not show. */
      readonly kind: 'real_dynamodb'
      readonly p99_ms: number
      /** What a P99 above that would do. */
      readonly effect: 'confirm' | 'rule_out'
    }

export interface Decided extends Question {
  readonly evidence: Evidence
  readonly standings: Readonly<Record<StoreName, Standing>>
  readonly choice: Choice
}

/** What would change a choice. */
export function changes(decided: Decided): Change[] {
  const { standings, choice } = decided
  const needed = STORES.flatMap((store): Change[] => [
    ...standings[store].missing.map((missing) => ({ kind: 'measurement' as const, missing })),
    ...standings[store].faults.map((fault) => ({ kind: 'repair' as const, store, fault })),
  ])
  if (choice === 'undecided' || choice === 'neither') return needed
  return [
    ...needed,
    ...traffic(decided),
    ...price(decided),
    ...growth(decided),
    ...unprepared(decided),
    ...realDynamo(decided),
  ]
}

/** The cost curves are searched up to this factor below and above the scenario's traffic. */
const RANGE = 1000

/** The nearest crossing of the cost curves below and above the scenario's traffic. */
function traffic({ inputs, prices, standings }: Decided): Change[] {
  if (STORES.some((store) => standings[store].cost.total === null)) return []
  const rate = totalRate(inputs.traffic)
  const { crossings } = costCurve(inputs, prices, { low: rate / RANGE, high: rate * RANGE })
  const change = (direction: 'below' | 'above', crossing: Crossing | undefined): Change[] =>
    crossing === undefined
      ? []
      : [
          {
            kind: 'traffic',
            direction,
            rate: crossing.at,
            cheaper: crossing[direction],
            only: direction === 'above' && crossing.kind === 'end',
          },
        ]
  return [
    ...change(
      'below',
      crossings.findLast(({ at }) => at < rate),
    ),
    ...change(
      'above',
      crossings.find(({ at }) => at > rate),
    ),
  ]
}

function price({ choice, standings }: Decided): Change[] {
  if (choice !== 'postgres' && choice !== 'dynamodb') return []
  const other = otherThan(choice)
  const [chosen, rival] = [standings[choice].cost.total, standings[other].cost.total]
  return chosen === null || rival === null || rival <= chosen
    ? []
    : [{ kind: 'price', cheaper: other, amount: rival - chosen }]
}

function growth({ standings, objective }: Decided): Change[] {
  return STORES.flatMap((store): Change[] => {
    const { fitness, doubled } = standings[store]
    return fitness !== 'fit' || doubled === null || meets(doubled, objective)
      ? []
      : [{ kind: 'growth', store, result: doubled }]
  })
}

function unprepared({ standings }: Decided): Change[] {
  return STORES.flatMap((store): Change[] => {
    const result = standings[store].unprepared
    return result === null ? [] : [{ kind: 'unprepared', store, result }]
  })
}

function realDynamo({ evidence, objective, choice }: Decided): Change[] {
  if (!evidence.dynamodb.emulator) return []
  const effect = choice === 'postgres' ? 'confirm' : 'rule_out'
  return [{ kind: 'real_dynamodb', p99_ms: objective.p99_ms, effect }]
}
