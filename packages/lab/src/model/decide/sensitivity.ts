import { STORES, type StoreName } from '../terms/stores.ts'
import type { Choice } from './choose.ts'
import { type Scenario, scenarioOf } from './scenarios.ts'
import { SHOP_SCHEMA, type Shop } from './shop.ts'
import { type Grounds, type Weighed, weighBriefly } from './weigh.ts'

/** An assumption of a recommendation, replaced: which store to choose then. */
export interface Variation {
  /** The value of the shop that is replaced. */
  readonly key: VariedKey
  readonly from: Value
  readonly to: Value
  readonly choice: Choice
  /** Monthly cost; `null` where it is unknown or the store cannot serve the shop at any price. */
  readonly costs: Readonly<Record<StoreName, number | null>>
  /** Whether the choice differs. */
  readonly flips: boolean
}

type Value = number | boolean | string

/** A value of a shop with what it is in this scenario, and the values that replace it. */
type Replacements = readonly (readonly [VariedKey, from: Value, to: readonly Value[]])[]

export type VariedKey = Exclude<
  keyof Shop,
  'name' | 'visit_minutes' | 'rise_minutes' | 'prepared' | 'growth_per_year'
>

/** Years after which the growth of a shop is considered. */
export const GROWN_YEARS = 3

/** The assumptions of a scenario and what else they could be. */
function replacements({ shop, deployment }: Scenario): Replacements {
  const { multi_az, min_tasks, min_memory_gib, nat_gateways, backup_days, core_speed } = deployment
  const hours = deployment.working_set_hours
  const grown = shop.shoppers_per_day * (1 + shop.growth_per_year) ** GROWN_YEARS
  return [
    ['existing_instance', deployment.existing_instance, [!deployment.existing_instance]],
    ['multi_az', multi_az, [!multi_az]],
    ['min_tasks', min_tasks, [min_tasks === 1 ? 2 : 1]],
    ['min_memory_gib', min_memory_gib, [min_memory_gib / 2, min_memory_gib * 4]],
    ['nat_gateways', nat_gateways, [nat_gateways === 0 ? 1 : 0]],
    ['backup_days', backup_days, [backup_days === 0 ? 7 : 0]],
    ['target_utilisation', deployment.target_utilisation, [0.8]],
    ['burstable', deployment.burstable, [!deployment.burstable]],
    ['working_set_hours', hours, [hours / 4, hours * 7]],
    ['cache_share', deployment.cache_share, [0.25]],
    ['old_cart_share', deployment.old_cart_share, [0.2]],
    ['read_replicas', deployment.read_replicas, [deployment.read_replicas + 1]],
    ['core_speed', core_speed, [core_speed / 2, core_speed * 2]],
    [
      'read_consistency',
      deployment.read_consistency,
      [deployment.read_consistency === 'strong' ? 'eventual' : 'strong'],
    ],
    ['shoppers_per_day', shop.shoppers_per_day, shop.growth_per_year === 0 ? [] : [grown]],
    ['peak_factor', shop.peak_factor, [shop.peak_factor / 2, shop.peak_factor * 3]],
    ['adds_per_visit', shop.adds_per_visit, [shop.adds_per_visit / 2, shop.adds_per_visit * 2]],
    ['gets_per_visit', shop.gets_per_visit, [shop.gets_per_visit * 3]],
    ['lines_per_cart', shop.lines_per_cart, [shop.lines_per_cart * 4]],
    ['kept_days', shop.kept_days, [shop.kept_days / 4, shop.kept_days * 12]],
    ['regions', shop.regions, [shop.regions + 1]],
  ]
}

/**
 * Replaces one assumption of a recommendation at a time and decides again. Those that change the choice come first, then
 * those that change the difference of the costs most.
 */
export function sensitivity(weighed: Weighed, grounds: Grounds): Variation[] {
  const { scenario } = weighed
  const gap = gapOf(weighed)
  return replacements(scenario)
    .flatMap(([key, from, all]) =>
      all
        .map((to) => bounded(key, to))
        .filter((to) => to !== from)
        .map((to) => ({ key, from, to })),
    )
    .map(({ key, from, to }) => {
      const replaced = scenarioOf({ ...scenario.shop, [key]: to }, scenario.id)
      const other = weighBriefly(replaced, grounds)
      return {
        variation: variationOf({ key, from, to }, other, weighed.choice),
        moved: Math.abs(gapOf(other) - gap),
      }
    })
    .toSorted((a, b) => Number(b.variation.flips) - Number(a.variation.flips) || b.moved - a.moved)
    .map(({ variation }) => variation)
}

/** A value within what a shop may have. */
function bounded(key: VariedKey, to: Value): Value {
  const { minimum = -Infinity, maximum = Infinity } = SHOP_SCHEMA.properties[key] as Bounds
  return typeof to === 'number' ? Math.min(maximum, Math.max(minimum, to)) : to
}

interface Bounds {
  readonly minimum?: number
  readonly maximum?: number
}

function variationOf(
  replaced: Pick<Variation, 'key' | 'from' | 'to'>,
  { choice, standings }: Weighed,
  usual: Choice,
): Variation {
  const { postgres, dynamodb } = standings
  return {
    ...replaced,
    choice,
    costs: { postgres: postgres.cost.total, dynamodb: dynamodb.cost.total },
    flips: choice !== usual,
  }
}

/** The logarithm of the ratio of both costs; infinite where a store cannot serve the shop. */
function gapOf({ standings }: Weighed): number {
  const [a, b] = STORES.map((store) => standings[store].cost.total ?? Infinity)
  return a === b ? 0 : Math.max(-99, Math.min(99, Math.log((a ?? 1) / (b ?? 1))))
}
