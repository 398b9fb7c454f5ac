import Type, { type Static } from 'typebox'

/**
 * The price file: every price that the cost model and the Terraform examples use, with its publisher and date.
 * `prices.json` is the default; a user's file of the same form replaces it as a whole. A price with a different unit
 * is rejected.
 */

const strict = { additionalProperties: false }

const source = {
  published_by: Type.String({ minLength: 1, description: 'Where the price was found.' }),
  published: Type.Union([Type.String({ pattern: '^\\d{4}(-\\d{2}){0,2}$' }), Type.Null()], {
    description: 'Year, month or day of that publication; null where it has no date.',
  }),
  status: Type.Enum(['third_party', 'to_be_verified', 'vendor'], {
    description: 'Whether a third party published it, no publisher is known, or the vendor did.',
  }),
}

function per<Unit extends string>(unit: Unit) {
  return Type.Object(
    { price: Type.Number({ minimum: 0 }), unit: Type.Literal(unit), ...source },
    strict,
  )
}

const PricesById = Type.Object(
  {
    'dynamodb.write_units': per('million write request units'),
    'dynamodb.read_units': per('million read request units'),
    'dynamodb.replicated_write_units': per('million replicated write request units'),
    'dynamodb.storage': per('GB-month'),
    'dynamodb.backup': per('GB-month'),
    'rds.storage': per('GB-month'),
    'rds.backup': per('GB-month'),
    'fargate.arm.vcpu': per('vCPU-hour'),
    'fargate.arm.memory': per('GB-hour'),
    'fargate.x86.vcpu': per('vCPU-hour'),
    'fargate.x86.memory': per('GB-hour'),
    'alb.hour': per('hour'),
    'alb.lcu': per('LCU-hour'),
    'nat.hour': per('hour'),
    'nat.data': per('GB'),
    'ipv4.hour': per('hour'),
    'logs.ingestion': per('GB'),
    'logs.storage': per('GB-month'),
    'transfer.out': per('GB'),
    'ecr.storage': per('GB-month'),
    'secrets.secret': per('month'),
    'kms.key': per('month'),
    'cloudwatch.alarm': per('month'),
    'cloudwatch.dashboard': per('month'),
  },
  strict,
)

/** Prices of further ways to buy and extend the stores. A file may leave out any: that choice is not priced then. */
const OptionalPrices = Type.Object(
  {
    'dynamodb.provisioned_write': Type.Optional(per('write capacity unit-hour')),
    'dynamodb.provisioned_read': Type.Optional(per('read capacity unit-hour')),
    'dynamodb.reserved_1y': Type.Optional(per('share of the provisioned price')),
    'savings_plan.dynamodb_on_demand': Type.Optional(per('share of the on-demand price')),
    'savings_plan.rds_instances': Type.Optional(per('share of the on-demand price')),
    'rds.gp3_iops': Type.Optional(per('provisioned operation per second-month')),
    'rds.reserved_1y': Type.Optional(per('share of the on-demand price')),
    'aurora.acu': Type.Optional(per('ACU-hour')),
    'aurora.acu_io_optimized': Type.Optional(per('ACU-hour')),
    'aurora.storage': Type.Optional(per('GB-month')),
    'aurora.storage_io_optimized': Type.Optional(per('GB-month')),
    'aurora.io': Type.Optional(per('million requests')),
  },
  strict,
)

const InstanceClassSchema = Type.Object(
  {
    class: Type.String({ minLength: 1 }),
    vcpus: Type.Integer({ minimum: 1 }),
    memory_gib: Type.Number({ exclusiveMinimum: 0 }),
    baseline: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'Share of the vCPUs that can be used permanently; below 1 on burstable classes.',
    }),
    storage_iops: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description:
          'Operations per second to the storage that the class sustains; not checked where absent.',
      }),
    ),
    storage_mb_per_s: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description:
          'MB per second to the storage that the class sustains; not checked where absent.',
      }),
    ),
    price: Type.Number({ minimum: 0, description: 'Per hour in a single zone, PostgreSQL.' }),
    ...source,
  },
  strict,
)

/** The JSON Schema of a price file; `npm run docs` writes it to `prices.schema.json`. */
export const PRICES_SCHEMA = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    format: Type.Literal('pushcart-prices/1'),
    collected: Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}$',
      description: 'Day on which the file was put together.',
    }),
    region: Type.String({ minLength: 1 }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217, of all prices.' }),
    label: Type.String({
      minLength: 1,
      description: 'Shown wherever a figure computed from these prices is shown.',
    }),
    prices: PricesById,
    options: Type.Optional(OptionalPrices),
    rds_instances: Type.Array(InstanceClassSchema, { minItems: 1 }),
  },
  { ...strict, $schema: 'http://json-schema.org/draft-07/schema#' },
)

export type Prices = Readonly<Static<typeof PRICES_SCHEMA>>

export type PriceId = keyof Prices['prices']

export type OptionalPriceId = keyof NonNullable<Prices['options']>

/** An RDS instance class. */
export type InstanceClass = Readonly<Static<typeof InstanceClassSchema>>

/** The id under which a figure names the price of an instance class. */
export function instancePriceId({ class: name }: InstanceClass): string {
  return `rds.instance.${name}`
}
