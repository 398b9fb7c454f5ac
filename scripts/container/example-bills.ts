import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import hcl from '@cdktf/hcl2json'
import { Ajv } from 'ajv'
import Type, { type Static } from 'typebox'
import { type BillLine, bill } from '../../lab/model/cost/bill.ts'
import { readPrices } from '../../lab/model/cost/read-prices.ts'
import { HOURS_PER_MONTH } from '../../lab/model/cost/service-cost.ts'
import type { StoreName } from '../../lab/model/terms/stores.ts'
import { CONTEXT } from './context.ts'

/** What an example of terraform/ asks for, as far as it is billed by the month. */
const EXAMPLE = Type.Object({
  production: Type.Boolean(),
  zones: Type.Array(Type.String()),
  nat_gateways: Type.Integer(),
  task: Type.Object({ cpu: Type.Number(), memory: Type.Number(), min: Type.Integer() }),
  postgres: Type.Object({
    instance_class: Type.String(),
    storage_gb: Type.Number({ default: 20 }),
  }),
})
type Example = Static<typeof EXAMPLE>
const isExample = new Ajv({ useDefaults: true }).compile<Example>(EXAMPLE)

const BOTH: readonly StoreName[] = ['postgres', 'dynamodb']

/** The columns of the table. */
const COLUMNS: readonly {
  readonly title: string
  readonly example: 'dev' | 'prod'
  readonly stores: readonly StoreName[]
}[] = [
  { title: 'dev (both)', example: 'dev', stores: BOTH },
  { title: 'prod, PostgreSQL', example: 'prod', stores: ['postgres'] },
  { title: 'prod, DynamoDB', example: 'prod', stores: ['dynamodb'] },
  { title: 'prod, both', example: 'prod', stores: BOTH },
]

/** A table in Markdown: what each example costs in a month in which nobody calls it, on its fewest tasks. */
export async function billsTable(): Promise<string> {
  const prices = readPrices()
  const columns = await Promise.all(
    COLUMNS.map(async ({ example, stores }) => {
      const lines = billLines(await readExample(example), stores)
      return bill(lines, prices).map(({ title, value }) => ({ title, value }))
    }),
  )
  const titles = [...new Set(columns.flat().map(({ title }) => title))]
  const sum = (column: readonly { readonly value: number }[]) =>
    money(column.reduce((total, { value }) => total + value, 0))
  const row = (title: string) => [
    title,
    ...columns.map((column) => {
      const found = column.filter((line) => line.title === title)
      return found.length === 0 ? '-' : sum(found)
    }),
  ]
  const rows = [
    ...titles.map(row),
    ['**Together**', ...columns.map((column) => `**${sum(column)}**`)],
  ]
  const head = [`${prices.currency} a month`, ...COLUMNS.map(({ title }) => title)]
  const rule = head.map((_, place) => (place === 0 ? '---' : '--:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const money = (value: number) => value.toFixed(2)

async function readExample(name: string): Promise<Example> {
  const file = join(CONTEXT, 'terraform/examples', name, 'main.tf')
  const { module } = await hcl.parse(file, readFileSync(file, 'utf8'))
  const example: unknown = module?.pushcart?.[0]
  if (!isExample(example)) throw new Error(`${file}: ${isExample.errors?.[0]?.message}`)
  return example
}

function billLines(
  { production, zones, nat_gateways, task, postgres }: Example,
  stores: readonly StoreName[],
): BillLine[] {
  const taskHours = task.min * stores.length * HOURS_PER_MONTH
  const addresses = zones.length + nat_gateways
  const instances = production ? 2 : 1
  const hours = (title: string, count: number, item: BillLine['item']): BillLine => ({
    title,
    quantity: count * HOURS_PER_MONTH,
    item,
  })
  const database: BillLine[] = [
    hours('RDS', instances, { instance: postgres.instance_class }),
    { title: 'RDS storage', quantity: instances * postgres.storage_gb, item: 'rds.storage' },
    { title: 'Secret of the password', quantity: 1, item: 'secrets.secret' },
  ]
  return [
    { title: 'Fargate tasks', quantity: (taskHours * task.cpu) / 1024, item: 'fargate.arm.vcpu' },
    {
      title: 'Fargate tasks',
      quantity: (taskHours * task.memory) / 1024,
      item: 'fargate.arm.memory',
    },
    hours('Load balancer', 1, 'alb.hour'),
    hours('NAT gateways', nat_gateways, 'nat.hour'),
    hours('Public addresses', addresses, 'ipv4.hour'),
    ...(stores.includes('postgres') ? database : []),
    { title: 'Alarms', quantity: alarmMetrics(stores), item: 'cloudwatch.alarm' },
    { title: 'Dashboard', quantity: 1, item: 'cloudwatch.dashboard' },
  ]
}

/** Metrics that the alarms watch, which is what an alarm is billed by. */
export function alarmMetrics(stores: readonly StoreName[]): number {
  const ofLoadBalancer = 1 + 3 * stores.length
  const ofPostgres = stores.includes('postgres') ? 3 : 0
  // Two kinds of throttles on the table and its two indexes; carts made and carts deleted.
  const ofDynamodb = stores.includes('dynamodb') ? 2 * 3 + 2 : 0
  return ofLoadBalancer + ofPostgres + ofDynamodb
}
