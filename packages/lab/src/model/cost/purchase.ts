import { OPERATION_KINDS } from '../../results/operation-kinds.ts'
import { isWrite } from '../terms/mix.ts'
import type { StoreName } from '../terms/stores.ts'
import { type CostFigure, derive, priced } from './figure.ts'
import type { CostInputs } from './inputs.ts'
import { monthlyCost, type StoreCost } from './monthly-cost.ts'
import type { OptionalPriceId, Prices } from './prices.ts'
import { HOURS_PER_MONTH } from './service-cost.ts'

/** Another way to buy a store, or to extend it. */
export interface PurchaseOption {
  readonly id: PurchaseId
  readonly store: StoreName
  /** Whether it serves the same as the usual deployment, so that it competes with it; else it adds something. */
  readonly alternative: boolean
  /** Service and database per month; `null` where something is not priced or does not apply. */
  readonly total: number | null
  /** What replaces or is added to the bill of the usual deployment. */
  readonly figures: readonly CostFigure[]
  /** Prices that the file lacks. */
  readonly not_priced: readonly string[]
  /** The instance class that the discount does not cover; `null` where it applies. */
  readonly not_covered: string | null
}

export const PURCHASE_IDS = [
  'dynamodb_on_demand',
  'dynamodb_savings_plan',
  'dynamodb_provisioned',
  'dynamodb_reserved',
  'dynamodb_global_table',
  'rds_on_demand',
  'rds_savings_plan',
  'rds_reserved',
  'rds_read_replica',
  'rds_second_region',
  'aurora_serverless',
  'aurora_serverless_io',
  'aurora_provisioned',
] as const

export type PurchaseId = (typeof PURCHASE_IDS)[number]

/** Reserved capacity is sold in blocks of so many units (Developer Guide, reserved capacity). */
const RESERVED_BLOCK = 100
/**
 * Auto scaling follows a peak within so many minutes: two of consumption above the target, then the change of the table
 * (assumed). A peak that rises faster is throttled beyond the provisioned units.
 */
const SCALING_MINUTES = 15
/** Share of provisioned units that auto scaling aims to use (Developer Guide, default of the console). */
const PROVISIONED_USE = 0.7
/** An Aurora capacity unit has 2 GiB of memory, and CPU as instances of 8 GiB per vCPU have it. */
const ACU = { memory_gib: 2, vcpus: 0.25, least: 0.5 }
/** Database Savings Plans cover RDS instances from this generation on (cloudcombinator.ai, December 2025). */
const PLAN_GENERATION = 7

/**
 * The bill with each of the options. Options that apply only to one region are left out where a shop has several, and
 * all are left out where the store has no total.
 *
 * @param rise_minutes time from the average to the peak, which auto scaling has to follow
 */
export function purchaseOptions(
  inputs: CostInputs,
  prices: Prices,
  rise_minutes = SCALING_MINUTES,
): PurchaseOption[] {
  const dynamodb = monthlyCost('dynamodb', inputs, prices)
  const postgres = monthlyCost('postgres', inputs, prices)
  return [
    ...(dynamodb.total === null ? [] : dynamodbOptions(inputs, dynamodb, prices, rise_minutes)),
    ...(postgres.total === null ? [] : postgresOptions(inputs, postgres, prices)),
  ]
}

function dynamodbOptions(
  inputs: CostInputs,
  usual: StoreCost,
  prices: Prices,
  rise_minutes: number,
): PurchaseOption[] {
  const shop = chooser('dynamodb', usual, prices)
  const one = inputs.deployment.regions === 1
  const requests = ['dynamodb.writes', 'dynamodb.reads']
  return [
    shop.base('dynamodb_on_demand'),
    shop.scaled('dynamodb_savings_plan', requests, 'savings_plan.dynamodb_on_demand'),
    ...(one
      ? [
          ...[
            provisioned(shop, 'dynamodb_provisioned', []),
            provisioned(shop, 'dynamodb_reserved', ['dynamodb.reserved_1y']),
          ].map((one) => ({ ...one, alternative: rise_minutes >= SCALING_MINUTES })),
          globalTable(shop, prices),
        ]
      : []),
  ]
}

function postgresOptions(inputs: CostInputs, usual: StoreCost, prices: Prices): PurchaseOption[] {
  const shop = chooser('postgres', usual, prices)
  const { deployment } = inputs
  const instances = ['postgres.instances']
  const with_replica = monthlyCost(
    'postgres',
    { ...inputs, deployment: { ...deployment, read_replicas: deployment.read_replicas + 1 } },
    prices,
  )
  return [
    shop.base('rds_on_demand'),
    savingsPlan(shop, instances),
    shop.scaled('rds_reserved', instances, 'rds.reserved_1y'),
    {
      id: 'rds_read_replica',
      store: 'postgres',
      alternative: false,
      total: with_replica.total,
      figures: with_replica.billed.filter(({ id }) => id.startsWith('postgres.')),
      not_priced: [],
      not_covered: null,
    },
    ...(deployment.regions === 1
      ? [
          secondRegion(shop),
          serverless(shop, inputs, 'aurora_serverless'),
          serverless(shop, inputs, 'aurora_serverless_io'),
          shop.unpriced('aurora_provisioned', ['instances of Aurora']),
        ]
      : []),
  ]
}

type Chooser = ReturnType<typeof chooser>

/** Options of one store, computed from its usual bill. */
function chooser(store: StoreName, usual: StoreCost, prices: Prices) {
  const unit = `${prices.currency}/month`
  const billed = (id: string) => usual.billed.find((figure) => figure.id === id)
  const billOf = (id: string) => billed(id)?.value ?? 0
  const derived = (id: string) => usual.derived.find((figure) => figure.id === id)?.value ?? 0
  const price = (id: OptionalPriceId) => {
    const found = prices.options?.[id]
    return found === undefined ? null : { id: `options.${id}`, price: found.price }
  }
  const option = (
    id: PurchaseId,
    figures: readonly CostFigure[],
    replaced: readonly string[],
    alternative = true,
  ): PurchaseOption => {
    const without = replaced.reduce((sum, name) => sum + billOf(name), 0)
    const total = (usual.total ?? 0) - without + figures.reduce((sum, { value }) => sum + value, 0)
    return { id, store, alternative, total, figures, not_priced: [], not_covered: null }
  }
  const unpriced = (id: PurchaseId, not_priced: readonly string[]): PurchaseOption => ({
    id,
    store,
    alternative: true,
    total: null,
    figures: [],
    not_priced,
    not_covered: null,
  })
  return {
    usual,
    unit,
    billOf,
    derived,
    price,
    option,
    unpriced,
    base: (id: PurchaseId) => option(id, [], []),
    /** Some items of the bill at a share of their price. */
    scaled(id: PurchaseId, names: readonly string[], share: OptionalPriceId): PurchaseOption {
      const found = price(share)
      if (found === null) return unpriced(id, [share])
      const figures = names.map((name) =>
        derive({
          id: `${name}.${id}`,
          title: `${billed(name)?.title ?? name} with the discount`,
          unit,
          formula: 'bill * share',
          inputs: { bill: billOf(name) },
          prices: { share: found },
        }),
      )
      return option(id, figures, names)
    },
  }
}

/** Old and burstable generations are not part of the plan. */
function savingsPlan(shop: Chooser, instances: readonly string[]): PurchaseOption {
  const option = shop.scaled('rds_savings_plan', instances, 'savings_plan.rds_instances')
  const name = shop.usual.instance?.class ?? ''
  const generation = Number(/^db\.[a-z]+(\d+)/.exec(name)?.[1])
  if (generation >= PLAN_GENERATION) return option
  return { ...option, total: null, figures: [], not_covered: name }
}

/** Units per hour instead of per request, with room for auto scaling to follow; whole blocks optionally reserved for a year. */
function provisioned(
  shop: Chooser,
  id: PurchaseId,
  discount: readonly OptionalPriceId[],
): PurchaseOption {
  const ids = ['dynamodb.provisioned_write', 'dynamodb.provisioned_read', ...discount] as const
  const lacking = ids.filter((name) => shop.price(name) === null)
  if (lacking.length > 0) return shop.unpriced(id, lacking)
  const share = discount[0] === undefined ? null : shop.price(discount[0])
  const figures = (['write', 'read'] as const).map((kind) => {
    const units = shop.derived(`dynamodb.${kind}_units`)
    const provisioned = units / PROVISIONED_USE
    return derive({
      id: `dynamodb.${kind}s.${id}`,
      title: `Provisioned ${kind} units`,
      unit: shop.unit,
      formula: `${share === null ? 'units / use' : '(units / use - reserved + reserved * share)'} * hours * price`,
      inputs: {
        units,
        use: PROVISIONED_USE,
        ...(share !== null && {
          reserved: RESERVED_BLOCK * Math.floor(provisioned / RESERVED_BLOCK),
        }),
        hours: HOURS_PER_MONTH,
      },
      prices: {
        price: shop.price(`dynamodb.provisioned_${kind}`) ?? { id: '', price: 0 },
        ...(share !== null && { share }),
      },
    })
  })
  return shop.option(id, figures, ['dynamodb.writes', 'dynamodb.reads'])
}

/** The table also in a second region: every write is billed twice, as a replicated one, and the storage twice. */
function globalTable(shop: Chooser, prices: Prices): PurchaseOption {
  const seconds = HOURS_PER_MONTH * 3600
  const figures = [
    derive({
      id: 'dynamodb.writes.global',
      title: 'Replicated writes in two regions',
      unit: shop.unit,
      formula: 'write_units * regions * seconds / 1000000 * price',
      inputs: { write_units: shop.derived('dynamodb.write_units'), regions: 2, seconds },
      prices: { price: priced('dynamodb.replicated_write_units', prices) },
    }),
    derive({
      id: 'dynamodb.storage.global',
      title: 'Storage and backups in two regions',
      unit: shop.unit,
      formula: 'regions * bill',
      inputs: {
        regions: 2,
        bill: shop.billOf('dynamodb.storage') + shop.billOf('dynamodb.backups'),
      },
    }),
  ]
  const replaced = ['dynamodb.writes', 'dynamodb.storage', 'dynamodb.backups']
  return shop.option('dynamodb_global_table', figures, replaced, false)
}

/** One asynchronous replica in another region. */
function secondRegion(shop: Chooser): PurchaseOption {
  const share = derive({
    id: 'postgres.second_region',
    title: 'Replica in a second region',
    unit: shop.unit,
    formula: '(instances + storage) / count',
    inputs: {
      instances: shop.billOf('postgres.instances'),
      storage: shop.billOf('postgres.storage'),
      count: shop.derived('postgres.instance_count'),
    },
  })
  return shop.option('rds_second_region', [share], [], false)
}

/** Aurora capacity units that follow the load, but never below the memory that the cache needs. */
function serverless(shop: Chooser, inputs: CostInputs, id: PurchaseId): PurchaseOption {
  const optimized = id === 'aurora_serverless_io'
  const suffix = optimized ? '_io_optimized' : ''
  const ids = [
    `aurora.acu${suffix}`,
    `aurora.storage${suffix}`,
    ...(optimized ? [] : ['aurora.io']),
  ] as readonly OptionalPriceId[]
  const lacking = ids.filter((name) => shop.price(name) === null)
  if (lacking.length > 0) return shop.unpriced(id, lacking)
  const [acu, storage, io] = ids.map((name) => shop.price(name) ?? { id: '', price: 0 })
  if (acu === undefined || storage === undefined) return shop.unpriced(id, ids)
  const { deployment, traffic, carts, postgres } = inputs
  const units = derive({
    id: `postgres.acus.${id}`,
    title: 'Capacity units on average: the larger of those for CPU and for memory',
    unit: 'ACU',
    formula: 'cpu / (acu_vcpus * core_speed * target) * by_cpu + memory / acu_gib * by_memory',
    inputs: unitInputs(shop, inputs),
    at_least: ACU.least,
  })
  const count = (deployment.multi_az ? 2 : 1) + deployment.read_replicas
  const changes = OPERATION_KINDS.filter(isWrite).reduce(
    (sum, kind) => sum + (traffic.per_second[kind] ?? 0),
    0,
  )
  const figures = [
    units,
    derive({
      id: `postgres.instances.${id}`,
      title: 'Capacity units of the writer and its replicas',
      unit: shop.unit,
      formula: 'acus * count * hours * price',
      inputs: { acus: units.value, count, hours: HOURS_PER_MONTH },
      prices: { price: acu },
    }),
    derive({
      id: `postgres.storage.${id}`,
      title: 'Storage of the cluster, once for all instances',
      unit: shop.unit,
      formula: 'carts * cart_bytes / 1000000000 * price',
      inputs: { carts, cart_bytes: postgres.cart_bytes ?? 0 },
      prices: { price: storage },
    }),
    ...(io === undefined
      ? []
      : [
          derive({
            id: `postgres.io.${id}`,
            title: 'Requests to the storage: a write per change, and reads that miss the cache',
            unit: shop.unit,
            formula: '(changes + reads / peak) * seconds / 1000000 * price',
            inputs: {
              changes,
              reads: shop.derived('postgres.reads'),
              peak: traffic.peak_to_average,
              seconds: HOURS_PER_MONTH * 3600,
            },
            prices: { price: io },
          }),
        ]),
  ]
  const [, ...billed] = figures
  const replaced = ['postgres.instances', 'postgres.storage']
  return { ...shop.option(id, billed, replaced), figures }
}

function unitInputs(shop: Chooser, { deployment }: CostInputs): Record<string, number> {
  const { core_speed, target_utilisation: target } = deployment
  const [cpu, memory] = [shop.derived('postgres.cpu'), shop.derived('postgres.memory')]
  const more = cpu / (ACU.vcpus * core_speed * target) > memory / ACU.memory_gib
  return {
    cpu,
    acu_vcpus: ACU.vcpus,
    core_speed,
    target,
    by_cpu: more ? 1 : 0,
    memory,
    acu_gib: ACU.memory_gib,
    by_memory: more ? 0 : 1,
  }
}
