import { costCurve } from '../cost/cost-curve.ts'
import type { Crossing } from '../cost/crossings.ts'
import { totalRate } from '../cost/inputs.ts'
import { monthlyCost } from '../cost/monthly-cost.ts'
import { meets } from '../simulate/load-sweep.ts'
import type { SimulationResult } from '../simulate/simulate.ts'
import type { Deployment } from '../terms/deployment.ts'
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
      /** That rate divided by the scenario's. */
      readonly times: number
      /** Where it changes back, in operations per second; `null` where it does not within reach. */
      readonly until: number | null
      /** Where the other store becomes the cheaper one again after that; `null` where it does not within reach. */
      readonly again: number | null
      /** Years until then at the growth of the shop; `null` where it does not grow in that direction. */
      readonly years: number | null
      readonly cheaper: StoreName
      /** Whether the other store cannot serve more. */
      readonly only: boolean
    }
  | {
      /** A store becomes the cheaper one if the bill of its database falls by more than this, which it can. */
      readonly kind: 'price'
      readonly cheaper: StoreName
      readonly amount: number
      /** Monthly bill of the database as deployed, and the lowest that the deployment can be reduced to. */
      readonly database: number
      readonly lowest: number
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
  // A store that does not serve the shop is not chosen when it costs less.
  const open = STORES.every((store) => standings[store].fitness === 'fit')
  return [
    ...needed,
    ...(open ? [...traffic(decided), ...price(decided)] : []),
    ...growth(decided),
    ...unprepared(decided),
    ...realDynamo(decided),
  ]
}

/**
 * Crossings further from the scenario's traffic than this factor are not reported: the shop would be another one, whose mix
 * and deployment these figures do not describe.
 */
const REACH = 100

/** The nearest crossing of the cost curves below and above the scenario's traffic. */
function traffic({ inputs, prices, standings, scenario }: Decided): Change[] {
  if (STORES.some((store) => standings[store].cost.total === null)) return []
  const rate = totalRate(inputs.traffic)
  const { crossings } = costCurve(inputs, prices, { low: rate / REACH, high: rate * REACH })
  const change = (
    direction: 'below' | 'above',
    [crossing, next, third]: readonly (Crossing | undefined)[],
  ): Change[] =>
    crossing === undefined
      ? []
      : [
          {
            kind: 'traffic',
            direction,
            rate: crossing.at,
            times: crossing.at / rate,
            until: next?.at ?? null,
            again: third?.at ?? null,
            years: yearsUntil(crossing.at / rate, scenario.shop.growth_per_year),
            cheaper: crossing[direction],
            only: direction === 'above' && crossing.kind === 'end',
          },
        ]
  return [
    ...change('below', crossings.filter(({ at }) => at < rate).reverse()),
    ...change(
      'above',
      crossings.filter(({ at }) => at > rate),
    ),
  ]
}

function yearsUntil(times: number, growth: number): number | null {
  const years = growth === 0 ? Infinity : Math.log(times) / Math.log(1 + growth)
  return years > 0 && Number.isFinite(years) ? years : null
}

/** The least that a deployment of each store can be reduced to without another service or other traffic. */
const LEAST: Partial<Deployment> = {
  multi_az: false,
  min_memory_gib: 1,
  backup_days: 0,
  target_utilisation: 0.8,
  read_consistency: 'eventual',
}

/** What the bill of the other database has to fall by, if it can fall so far. */
function price({ choice, standings, inputs, prices }: Decided): Change[] {
  if (choice !== 'postgres' && choice !== 'dynamodb') return []
  const other = otherThan(choice)
  const [chosen, rival] = [standings[choice].cost.total, standings[other].cost.total]
  const database = standings[other].cost.database_total
  if (chosen === null || rival === null || database === null || rival <= chosen) return []
  const least = { ...inputs, deployment: { ...inputs.deployment, ...LEAST } }
  const lowest = monthlyCost(other, least, prices).database_total ?? database
  const amount = rival - chosen
  return amount < database - lowest
    ? [{ kind: 'price', cheaper: other, amount, database, lowest }]
    : []
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
