import { UsageError } from '../errors/usage-error.ts'
import { completeSpec, type LoadSpec, type MixName } from '../load/load-spec.ts'

/** Options of `pushcart perf` that only a load has, as they are typed; see `LoadSpec` for what they mean. */
export interface LoadOptions {
  /** Operations per second: the open loop. */
  readonly rate?: number | undefined
  /** The closed loop. */
  readonly closed?: boolean | undefined
  /** Seconds. */
  readonly duration?: number | undefined
  /** Seconds. */
  readonly warmup?: number | undefined
  readonly operations?: number | undefined
  readonly connections?: number | undefined
  readonly mix?: string | undefined
  readonly arrivals?: string | undefined
  readonly cartChoice?: string | undefined
  readonly carts?: number | undefined
  readonly linesPerCart?: number | undefined
  /** Products 1 to this. */
  readonly products?: number | undefined
  /** Ids, separated by commas. */
  readonly productIds?: string | undefined
  readonly shoppers?: number | undefined
  /** Milliseconds. */
  readonly timeout?: number | undefined
  /** One JSON object a line on standard output, in place of tables. */
  readonly json?: boolean | undefined
}

const NAMES: readonly (keyof LoadOptions)[] = [
  'duration',
  'warmup',
  'operations',
  'connections',
  'mix',
  'arrivals',
  'cartChoice',
  'carts',
  'linesPerCart',
  'products',
  'productIds',
  'shoppers',
  'timeout',
  'json',
]

/**
 * The load that is wanted; `undefined` without a rate and `--closed`: then it is the customary test.
 *
 * @throws UsageError for options that fit neither, or do not fit together
 */
export function loadSpecOf(
  options: LoadOptions & { readonly seed?: number | undefined },
): LoadSpec | undefined {
  const { rate, closed = false, products, productIds } = options
  if (rate === undefined && !closed) {
    const alien = NAMES.find((name) => options[name] !== undefined)
    if (alien === undefined) return undefined
    const option = alien.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new UsageError(`${option}: the test of 150 operations has none; give --rate or --closed`)
  }
  if (products !== undefined && productIds !== undefined)
    throw new UsageError('product-ids: give either --products or --product-ids')
  return completeSpec(
    dropUndefined({
      seed: options.seed,
      loop: closed ? 'closed' : 'open',
      rate,
      arrivals: options.arrivals as LoadSpec['arrivals'] | undefined,
      duration_s: options.duration,
      warmup_s: options.warmup,
      operations: options.operations,
      connections: options.connections,
      mix: options.mix as MixName | undefined,
      cart_choice: options.cartChoice as LoadSpec['cart_choice'] | undefined,
      carts: options.carts,
      lines_per_cart: options.linesPerCart,
      products: productIds === undefined ? products : productIds.split(',').map(parseId),
      shoppers: options.shoppers,
      timeout_ms: options.timeout,
    }),
  )
}

/** An id as the API tells the two kinds apart: all digits are a number. */
function parseId(text: string): number | string {
  const id = text.trim()
  return /^\d{1,15}$/.test(id) ? Number(id) : id
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function dropUndefined<T extends object>(fields: T): Defined<T> {
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as Defined<T>
}
