import Type, { type Static } from 'typebox'

/**
 * The price file: every price that the cost model and the Terraform examples use, each with who published it and
 * when. `prices.json` beside this is the default; a file of the same form replaces it as a whole.
 */

/** Each price by its id, and what it buys one of. A file in other units is refused instead of misread. */
export const PRICE_UNITS = {
  'dynamodb.write_units': 'million write request units',
  'dynamodb.read_units': 'million read request units',
  'dynamodb.replicated_write_units': 'million replicated write request units',
  'dynamodb.storage': 'GB-month',
  'dynamodb.backup': 'GB-month',
  'rds.storage': 'GB-month',
  'rds.backup': 'GB-month',
  'fargate.arm.vcpu': 'vCPU-hour',
  'fargate.arm.memory': 'GB-hour',
  'fargate.x86.vcpu': 'vCPU-hour',
  'fargate.x86.memory': 'GB-hour',
  'alb.hour': 'hour',
  'alb.lcu': 'LCU-hour',
  'nat.hour': 'hour',
  'nat.data': 'GB',
  'ipv4.hour': 'hour',
  'logs.ingestion': 'GB',
  'logs.storage': 'GB-month',
  'transfer.out': 'GB',
  'ecr.storage': 'GB-month',
  'secrets.secret': 'month',
  'kms.key': 'month',
  'cloudwatch.alarm': 'month',
  'cloudwatch.dashboard': 'month',
} as const

export type PriceId = keyof typeof PRICE_UNITS

const source = {
  published_by: Type.String({ minLength: 1, description: 'Where the price was found.' }),
  published: Type.Union([Type.String({ pattern: '^\\d{4}(-\\d{2}){0,2}$' }), Type.Null()], {
    description: 'Year, month or day of that publication; null where it names none.',
  }),
  status: Type.Enum(['third_party', 'to_be_verified', 'vendor'], {
    description: 'Whether a third party published it, nobody that can be named, or the vendor.',
  }),
}

function price(unit: string) {
  return Type.Object(
    { price: Type.Number({ minimum: 0 }), unit: Type.Literal(unit), ...source },
    { additionalProperties: false },
  )
}

export type Price = Static<ReturnType<typeof price>>

const InstanceClassSchema = Type.Object(
  {
    class: Type.String({ minLength: 1 }),
    vcpus: Type.Integer({ minimum: 1 }),
    memory_gib: Type.Number({ exclusiveMinimum: 0 }),
    baseline: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description:
        'Share of the vCPUs that can be used all the time; below 1 on burstable classes.',
    }),
    price: Type.Number({ minimum: 0, description: 'An hour in a single zone, PostgreSQL.' }),
    ...source,
  },
  { additionalProperties: false },
)

/** An RDS instance class. */
export type InstanceClass = Static<typeof InstanceClassSchema>

/** The JSON Schema of a price file; `prices.schema.json` is this, written out. */
export const PRICES_SCHEMA = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    format: Type.Literal('pushcart-prices/1'),
    collected: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'Day.' }),
    region: Type.String({ minLength: 1 }),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    label: Type.String({ minLength: 1, description: 'Said wherever a figure of these is shown.' }),
    prices: Type.Object(
      Object.fromEntries(Object.entries(PRICE_UNITS).map(([id, unit]) => [id, price(unit)])),
      { additionalProperties: false },
    ),
    rds_instances: Type.Array(InstanceClassSchema, { minItems: 1 }),
  },
  { additionalProperties: false },
)

export interface Prices {
  readonly format: 'pushcart-prices/1'
  /** The day on which the file was put together, `YYYY-MM-DD`. */
  readonly collected: string
  readonly region: string
  /** ISO 4217; all prices are in it. */
  readonly currency: string
  /** What must be said wherever a figure made of these prices is shown. */
  readonly label: string
  readonly prices: Readonly<Record<PriceId, Price>>
  readonly rds_instances: readonly InstanceClass[]
}

/** The id under which a figure names the price of an instance class. */
export function instancePriceId({ class: name }: InstanceClass): string {
  return `rds.instance.${name}`
}
