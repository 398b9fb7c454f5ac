import type { PurchaseId, PurchaseOption } from '../../model/cost/purchase.ts'
import type { Decision } from '../../model/decide/decide.ts'
import { STORE_NAMES, STORES, type StoreName } from '../../model/terms/stores.ts'
import { list } from '../amounts.ts'
import { money } from '../format.ts'
import {
  type Figure,
  muted,
  note,
  type Prose,
  type Row,
  type Section,
  tabular,
  text,
} from '../model.ts'
import { from, sourceOf } from '../sources.ts'

interface OptionWords {
  readonly name: string
  /** What it does to the guarantees, compared with the usual deployment. */
  readonly guarantees: string
}

const SAME = 'unchanged'

const WORDS: Readonly<Record<PurchaseId, OptionWords>> = {
  dynamodb_on_demand: { name: 'on demand', guarantees: 'as everywhere in this report' },
  dynamodb_savings_plan: { name: 'on demand, Database Savings Plan of a year', guarantees: SAME },
  dynamodb_provisioned: {
    name: 'provisioned, auto scaling at 70 %',
    guarantees:
      'unchanged, but a peak that rises faster than auto scaling (minutes) is throttled beyond the provisioned units',
  },
  dynamodb_reserved: {
    name: 'provisioned and reserved for a year',
    guarantees:
      'as provisioned; units are reserved in blocks of 100, and those that are not used are paid, too',
  },
  dynamodb_global_table: {
    name: 'with a second region (global table)',
    guarantees:
      'unchanged with a home region for each cart (HOME_REGIONS); without, a cart changed in two regions at once keeps the last write, which can lose an add; a failed region can lose its last seconds',
  },
  rds_on_demand: { name: 'on demand', guarantees: 'as everywhere in this report' },
  rds_savings_plan: { name: 'Database Savings Plan of a year', guarantees: SAME },
  rds_reserved: { name: 'instances reserved for a year, no upfront', guarantees: SAME },
  rds_read_replica: {
    name: 'with one more read replica',
    guarantees:
      'reads from the replica can be stale, also the reads of a shopper’s own writes; writes are unchanged',
  },
  rds_second_region: {
    name: 'with a replica in a second region',
    guarantees:
      'reads there can be stale; promoting it after a failure loses the writes that were not replicated yet',
  },
  aurora_serverless: {
    name: 'Aurora Serverless v2, standard storage',
    guarantees: 'unchanged on the writer; acknowledged writes are in three zones',
  },
  aurora_serverless_io: {
    name: 'Aurora Serverless v2, I/O-Optimized',
    guarantees: 'unchanged on the writer; acknowledged writes are in three zones',
  },
  aurora_provisioned: {
    name: 'Aurora with provisioned instances',
    guarantees: 'unchanged on the writer; acknowledged writes are in three zones',
  },
}

function whyUnpriced({ not_covered, not_priced }: PurchaseOption): string {
  return not_covered === null
    ? `not priced: the price file lacks ${list(not_priced)}`
    : `does not cover ${not_covered}`
}

/** Other ways to buy and extend the stores, their cost, and what each does to the guarantees. */
export function optionsSection(decision: Decision): Section[] {
  const { options, prices, focus } = decision
  if (options.length === 0) return []
  const rows = STORES.flatMap((store) =>
    options
      .filter((one) => one.store === store)
      .map(
        (option, place): Row => ({
          ...(place === 0 ? { group: STORE_NAMES[store] } : {}),
          cells: [
            text(WORDS[option.id].name),
            option.total === null ? muted(whyUnpriced(option)) : figure(option, prices.currency),
            text(WORDS[option.id].guarantees),
          ],
        }),
      ),
  )
  return [
    {
      id: 'options',
      title: 'Other ways to buy and extend (modelled)',
      short: 'Ways to buy',
      chapter: 'Choice',
      contents: [
        { kind: 'prose', prose: cheapestProse(decision) },
        tabular({
          id: 'options-table',
          caption: `Cost per month of service and database, for "${focus.advice.scenario.name}"`,
          columns: [
            { text: 'Option' },
            { text: 'Cost per month', numeric: true },
            { text: 'Guarantees, compared with the usual deployment' },
          ],
          rows,
        }),
        note(
          'Discounts and prices of this table are in the price file under "options"; an option whose price is missing there is not priced. Transfer between regions is not included. CPU on Aurora was not measured: it counts as on RDS.',
        ),
      ],
    },
  ]
}

function figure({ id, store, total }: PurchaseOption, currency: string): Figure {
  return from(sourceOf.model(store), money(`modelled.option.${id}`, total, currency))
}

/** Whether buying each store in its cheapest way changes which one is cheaper. */
function cheapestProse({ options, prices }: Decision): Prose {
  const cheapest = (store: StoreName) =>
    options
      .filter((one) => one.store === store && one.alternative && one.total !== null)
      .toSorted((a, b) => (a.total ?? 0) - (b.total ?? 0))[0]
  const usual = (store: StoreName) => options.find((one) => one.store === store)?.total ?? null
  const [postgres, dynamodb] = [cheapest('postgres'), cheapest('dynamodb')]
  if (postgres === undefined || dynamodb === undefined)
    return ['Only one store has a cost here, so no way to buy changes which one is cheaper.']
  const provisioned = options.find(({ id }) => id === 'dynamodb_provisioned')
  const throttled =
    provisioned?.alternative === false && (provisioned.total ?? Infinity) < (dynamodb.total ?? 0)
      ? ' Provisioned units of DynamoDB are not among them: this peak rises faster than auto scaling follows.'
      : ''
  const before = (usual('postgres') ?? 0) < (usual('dynamodb') ?? 0)
  const after = (postgres.total ?? 0) < (dynamodb.total ?? 0)
  const store: StoreName = after ? 'postgres' : 'dynamodb'
  return [
    'Each bought in its cheapest priced way: PostgreSQL ',
    figure(postgres, prices.currency),
    ` (${WORDS[postgres.id].name}), DynamoDB `,
    figure(dynamodb, prices.currency),
    ` (${WORDS[dynamodb.id].name}). ${STORE_NAMES[store]} costs less then, ${before === after ? 'as in the usual way' : 'which it does not in the usual way'}.${throttled}`,
  ]
}
