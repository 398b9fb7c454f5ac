import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import Type, { type Static } from 'typebox'
import { parse } from 'yaml'
import { type BillLine, bill } from '../../packages/lab/src/model/cost/bill.ts'
import { readPrices } from '../../packages/lab/src/model/cost/read-prices.ts'
import { HOURS_PER_MONTH } from '../../packages/lab/src/model/cost/service-cost.ts'
import type { StoreName } from '../../packages/lab/src/model/terms/stores.ts'

/** The inputs of an example of terraform/ that determine its monthly bill. */
const EXAMPLE = Type.Object({
  production: Type.Boolean(),
  zone_count: Type.Integer({ default: 2 }),
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

/** A Markdown table of the monthly cost of each example without requests, with its minimum of tasks. */
export function billsTable(): string {
  const prices = readPrices()
  const columns = COLUMNS.map(({ example, stores }) =>
    bill(billLines(readExample(example), stores), prices).map(({ title, value }) => ({
      title,
      value,
    })),
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
  const rows = [...titles.map(row), ['**Total**', ...columns.map((column) => `**${sum(column)}**`)]]
  const head = [`${prices.currency} per month`, ...COLUMNS.map(({ title }) => title)]
  const rule = head.map((_, place) => (place === 0 ? '---' : '--:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const money = (value: number) => value.toFixed(2)

function readExample(name: string): Example {
  const file = new URL(`../../terraform/examples/${name}/main.tf`, import.meta.url)
  const text = readFileSync(file, 'utf8')
  const inputs = Object.keys(EXAMPLE.properties).map((input) => [input, readInput(text, input)])
  const example: unknown = Object.fromEntries(inputs)
  if (!isExample(example)) throw new Error(`${file}: ${isExample.errors?.[0]?.message}`)
  return example
}

/** The value of an input in HCL that is a literal; undefined if there is none. */
function readInput(hcl: string, name: string): unknown {
  const literal = new RegExp(`^  ${name} += (\\{[^}]*\\}|[^{].*)$`, 'm').exec(hcl)?.[1]
  if (literal === undefined) return undefined
  // In YAML, lines of a flow mapping end with commas, and keys with colons.
  return parse(literal.replace(/(?<!\{)\n(?! *\})/g, ',\n').replace(/ += /g, ': '))
}

function billLines(
  { production, zone_count, nat_gateways, task, postgres }: Example,
  stores: readonly StoreName[],
): BillLine[] {
  const taskHours = task.min * stores.length * HOURS_PER_MONTH
  const addresses = zone_count + nat_gateways
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

/** Metrics that the alarms watch: alarms are billed by metric. */
export function alarmMetrics(stores: readonly StoreName[]): number {
  // Errors of the load balancer and failed deployments; errors, latency, dead tasks and no task of each store.
  const ofService = 2 + 4 * stores.length
  const ofPostgres = stores.includes('postgres') ? 3 : 0
  // Read and write throttles of the table and its two indexes; carts created and carts deleted.
  const ofDynamodb = stores.includes('dynamodb') ? 2 * 3 + 2 : 0
  return ofService + ofPostgres + ofDynamodb
}
