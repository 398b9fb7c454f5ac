import Type, { type Static } from 'typebox'
import { UsageError } from '../errors/usage-error.ts'

const integer = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description })
const number = (minimum: number, maximum: number, description: string) =>
  Type.Number({ minimum, maximum, description })

/** What the carts get: see `schedule/mixes.ts`. */
export const MIXES = [
  'shopper',
  'shopper-checkout',
  'read-heavy',
  'write-heavy',
  'create-heavy',
  'hot',
] as const

export type MixName = (typeof MIXES)[number]

const ProductId = Type.Union([Type.Integer({ minimum: 1 }), Type.String({ maxLength: 64 })])

/**
 * A load, as plain data: everything that decides what is sent and when, and nothing about the service it is sent
 * to. The result file holds it under `spec`, in these words.
 */
export const LoadSpecSchema = Type.Object(
  {
    seed: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'Of all random choices.'),
    loop: Type.Enum(['open', 'closed']),
    rate: Type.Union([number(0.1, 200_000, 'Operations per second.'), Type.Null()], {
      description: 'Of the open loop; null in the closed one.',
    }),
    arrivals: Type.Enum(['poisson', 'constant']),
    duration_s: number(0.1, 604_800, 'Seconds that are measured, after the warm-up.'),
    warmup_s: number(0, 86_400, 'Longest warm-up before; a rule ends it sooner. 0 for none.'),
    operations: Type.Union([integer(1, 1e9, 'Most operations after the warm-up.'), Type.Null()], {
      description: 'When it ends after so many operations, else by time alone (null).',
    }),
    connections: integer(1, 4096, 'Most requests in flight, each on a connection of its own.'),
    mix: Type.Enum([...MIXES]),
    cart_choice: Type.Enum(['zipf', 'uniform']),
    carts: integer(
      1,
      1_000_000,
      'Carts prepared before the run; for shoppers, those that they are busy with.',
    ),
    lines_per_cart: integer(1, 100, 'Lines of a prepared cart, and mean adds of a shopper.'),
    products: Type.Union(
      [integer(1, 1e9, 'Products 1 to this.'), Type.Array(ProductId, { minItems: 1 })],
      { description: 'The ids that are added to carts.' },
    ),
    shoppers: integer(1, 1_000_000, 'Shoppers in the shop at any time.'),
    timeout_ms: integer(100, 600_000, 'How long a request may take from its send.'),
  },
  { additionalProperties: false },
)

export type LoadSpec = Static<typeof LoadSpecSchema>

const WARMUP_S = 10

/**
 * A spec with everything left out filled in: the open loop when there is a rate, Poisson arrivals, 60 s, 32
 * connections, shoppers. Without `warmup_s` the warm-up takes at most 10 s; there is none when the run ends after
 * so many operations.
 *
 * @throws UsageError in one line for what cannot be run
 */
export function completeSpec(wanted: Partial<LoadSpec>): LoadSpec {
  const { rate = null, duration_s = 60, operations = null, connections = 32 } = wanted
  const mix = wanted.mix ?? 'shopper'
  const spec: LoadSpec = {
    seed: wanted.seed ?? 1,
    loop: wanted.loop ?? (rate === null ? 'closed' : 'open'),
    rate,
    arrivals: wanted.arrivals ?? 'poisson',
    duration_s,
    warmup_s: wanted.warmup_s ?? (operations === null ? WARMUP_S : 0),
    operations,
    connections,
    mix,
    cart_choice: wanted.cart_choice ?? 'zipf',
    carts: mix === 'hot' ? 1 : (wanted.carts ?? 1000),
    lines_per_cart: wanted.lines_per_cart ?? 5,
    products: wanted.products ?? 1000,
    shoppers: wanted.shoppers ?? Math.max(100, 2 * connections),
    timeout_ms: wanted.timeout_ms ?? 10_000,
  }
  checkRanges(spec)
  checkTogether(spec)
  return spec
}

/** How many products there are to choose from. */
export function productCount({ products }: Pick<LoadSpec, 'products'>): number {
  return typeof products === 'number' ? products : products.length
}

/** The product of an index from 0. */
export function productAt({ products }: Pick<LoadSpec, 'products'>, index: number) {
  return typeof products === 'number' ? index + 1 : (products[index] ?? 1)
}

/** Whether the mix is one of sessions, in which a shopper does one thing after another. */
export function hasSessions({ mix }: Pick<LoadSpec, 'mix'>): boolean {
  return mix === 'shopper' || mix === 'shopper-checkout'
}

interface Range {
  readonly type?: string
  readonly minimum?: number
  readonly maximum?: number
  /** A range and null: the range comes first. */
  readonly anyOf?: readonly Range[]
}

function checkRanges(spec: LoadSpec): void {
  for (const [name, value] of Object.entries(spec)) {
    if (typeof value !== 'number') continue
    const range = rangeOf(name)
    if (range.type === 'integer' && !Number.isSafeInteger(value))
      throw new UsageError(`${optionOf(name)}: ${value} is not an integer`)
    if (!(value >= (range.minimum ?? -Infinity) && value <= (range.maximum ?? Infinity)))
      throw new UsageError(
        `${optionOf(name)}: ${value} is not from ${range.minimum} to ${range.maximum}`,
      )
  }
  requireOneOf('mix', spec.mix, MIXES)
  requireOneOf('arrivals', spec.arrivals, ['poisson', 'constant'])
  requireOneOf('cart-choice', spec.cart_choice, ['zipf', 'uniform'])
}

function rangeOf(name: string): Range {
  const schemas: Readonly<Record<string, object>> = LoadSpecSchema.properties
  const schema: Range = schemas[name] ?? {}
  return schema.anyOf?.[0] ?? schema
}

function optionOf(name: string): string {
  return name.replace(/_(s|ms)$/, '').replaceAll('_', '-')
}

function requireOneOf(name: string, value: string, known: readonly string[]): void {
  if (!known.includes(value))
    throw new UsageError(`${name}: ${JSON.stringify(value)} is none of ${known.join(', ')}`)
}

function checkTogether(spec: LoadSpec): void {
  if (spec.loop === 'open' && spec.rate === null)
    throw new UsageError('rate: the open loop needs one')
  if (spec.loop === 'closed' && spec.rate !== null)
    throw new UsageError('rate: the closed loop has none; leave out --rate or --closed')
  const { products } = spec
  if (Array.isArray(products) && (products.length === 0 || !products.every(isProductId)))
    throw new UsageError('product-ids: an id is an integer from 1 or 1 to 64 characters')
  if (!hasSessions(spec) && spec.lines_per_cart > productCount(spec))
    throw new UsageError('lines-per-cart: there are not as many products')
  if (spec.loop === 'closed' && hasSessions(spec) && spec.shoppers < spec.connections)
    throw new UsageError('shoppers: the closed loop needs at least one for each connection')
}

function isProductId(id: number | string): boolean {
  if (typeof id === 'number') return Number.isSafeInteger(id) && id >= 1
  return id.length >= 1 && id.length <= 64
}
