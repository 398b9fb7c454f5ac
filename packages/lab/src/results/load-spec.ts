import Type from 'typebox'
import { UsageError } from '../errors/usage-error.ts'
import { object, orNull, type Shape } from './shape.ts'

const integer = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description })
const number = (minimum: number, maximum: number, description: string) =>
  Type.Number({ minimum, maximum, description })

/** The mixes of operations; `schedule/mixes.ts` defines them. */
export const MIXES = [
  'shopper',
  'shopper-checkout',
  'read-heavy',
  'write-heavy',
  'create-heavy',
  'hot',
] as const

export type MixName = (typeof MIXES)[number]

const ProductId = Type.Union([Type.Integer({ minimum: 1 }), Type.String({ maxLength: 500 })])

const LOOPS = ['open', 'closed'] as const
const ARRIVALS = ['poisson', 'constant'] as const
const CART_CHOICES = ['zipf', 'uniform'] as const

/**
 * A load as plain data: everything that decides which requests are sent and when, and nothing about the target. Load
 * results contain it as `spec`.
 */
export const LoadSpecSchema = object({
  seed: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'Random seed of the workload.'),
  loop: Type.Enum([...LOOPS]),
  rate: orNull(
    number(0.1, 200_000, 'Operations per second.'),
    'Of the open loop; null in the closed loop.',
  ),
  arrivals: Type.Enum([...ARRIVALS]),
  duration_s: number(0.1, 604_800, 'Seconds that are measured, after the warm-up.'),
  warmup_s: number(0, 86_400, 'Maximum warm-up; it ends earlier once steady. 0 for none.'),
  operations: orNull(
    integer(1, 1e9, 'Maximum operations after the warm-up.'),
    'The run ends after this many operations; null: by time alone.',
  ),
  connections: integer(1, 4096, 'Maximum requests in flight, each on a separate connection.'),
  mix: Type.Enum([...MIXES]),
  cart_choice: Type.Enum([...CART_CHOICES]),
  carts: integer(
    1,
    1_000_000,
    'Carts prepared before the run; in mixes of shoppers, the number of shoppers at a time.',
  ),
  lines_per_cart: integer(1, 100, 'Lines of a prepared cart, and mean adds of a shopper.'),
  products: Type.Union(
    [integer(1, 1e9, 'Products 1 to this.'), Type.Array(ProductId, { minItems: 1 })],
    { description: 'The ids that are added to carts.' },
  ),
  shoppers: integer(1, 1_000_000, 'Shoppers in the shop at any time.'),
  timeout_ms: integer(100, 600_000, 'Maximum time of a request from its send.'),
})

export type LoadSpec = Shape<typeof LoadSpecSchema>

/** A load with defaults still to be applied; words are checked as well. */
export type WantedSpec = Partial<Omit<LoadSpec, WordField>> & Partial<Record<WordField, string>>

type WordField = 'mix' | 'arrivals' | 'cart_choice'

const WARMUP_S = 10

/**
 * Applies the defaults: the open loop if there is a rate, Poisson arrivals, 60 s, 32 connections, mix `shopper`. The
 * warm-up takes at most 10 s; a run that ends after a number of operations has none.
 *
 * @throws UsageError in one line for a load that cannot be run
 */
export function completeSpec(wanted: WantedSpec): LoadSpec {
  const { rate = null, duration_s = 60, operations = null, connections = 32 } = wanted
  const mix = oneOf('mix', wanted.mix ?? 'shopper', MIXES)
  const spec: LoadSpec = {
    seed: wanted.seed ?? 1,
    loop: wanted.loop ?? (rate === null ? 'closed' : 'open'),
    rate,
    arrivals: oneOf('arrivals', wanted.arrivals ?? 'poisson', ARRIVALS),
    duration_s,
    warmup_s: wanted.warmup_s ?? (operations === null ? WARMUP_S : 0),
    operations,
    connections,
    mix,
    cart_choice: oneOf('cart-choice', wanted.cart_choice ?? 'zipf', CART_CHOICES),
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

/** The number of products to choose from. */
export function productCount({ products }: Pick<LoadSpec, 'products'>): number {
  return typeof products === 'number' ? products : products.length
}

/** The product at an index from 0. */
export function productAt({ products }: Pick<LoadSpec, 'products'>, index: number) {
  return typeof products === 'number' ? index + 1 : (products[index] ?? 1)
}

/** Whether the mix consists of sessions: a shopper executes one operation after another. */
export function hasSessions({ mix }: Pick<LoadSpec, 'mix'>): boolean {
  return mix === 'shopper' || mix === 'shopper-checkout'
}

interface Range {
  readonly type?: string
  readonly minimum?: number
  readonly maximum?: number
  /** A range or null; the range comes first. */
  readonly anyOf?: readonly Range[]
}

function checkRanges(spec: LoadSpec): void {
  for (const [name, value] of Object.entries(spec)) {
    if (typeof value !== 'number') continue
    const range = rangeOf(name)
    if (range.type === 'integer' && !Number.isSafeInteger(value))
      throw new UsageError(`${optionOf(name)}: must be an integer (got ${value})`)
    if (!(value >= (range.minimum ?? -Infinity) && value <= (range.maximum ?? Infinity)))
      throw new UsageError(
        `${optionOf(name)}: must be between ${range.minimum} and ${range.maximum} (got ${value})`,
      )
  }
}

function rangeOf(name: string): Range {
  const schemas: Readonly<Record<string, object>> = LoadSpecSchema.properties
  const schema: Range = schemas[name] ?? {}
  return schema.anyOf?.[0] ?? schema
}

function optionOf(name: string): string {
  return name.replace(/_(s|ms)$/, '').replaceAll('_', '-')
}

function oneOf<T extends string>(name: string, value: string, known: readonly T[]): T {
  const found = known.find((word) => word === value)
  if (found === undefined)
    throw new UsageError(
      `unknown ${name} ${JSON.stringify(value)}; expected one of ${known.join(', ')}`,
    )
  return found
}

function checkTogether(spec: LoadSpec): void {
  if (spec.loop === 'open' && spec.rate === null)
    throw new UsageError('rate: required by the open loop')
  if (spec.loop === 'closed' && spec.rate !== null)
    throw new UsageError('rate: not allowed in the closed loop; omit --rate or --closed')
  const { products } = spec
  if (Array.isArray(products) && (products.length === 0 || !products.every(isProductId)))
    throw new UsageError(
      'product-ids: an id must be an integer of at least 1, or 1 to 500 characters',
    )
  if (!hasSessions(spec) && spec.lines_per_cart > productCount(spec))
    throw new UsageError('lines-per-cart: must not exceed the number of products')
  if (spec.loop === 'closed' && hasSessions(spec) && spec.shoppers < spec.connections)
    throw new UsageError('shoppers: the closed loop requires at least one per connection')
}

function isProductId(id: number | string): boolean {
  if (typeof id === 'number') return Number.isSafeInteger(id) && id >= 1
  return id.length >= 1 && id.length <= 500
}
