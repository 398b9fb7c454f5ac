import type { Access } from '../cart-api/access.ts'
import { idsOf } from '../cart-api/open-access.ts'
import { UsageError } from '../errors/usage-error.ts'
import { completeSpec, type LoadSpec } from '../results/load-spec.ts'

/** Options of a load; see `LoadSpec` for their meaning. */
export interface LoadOptions {
  /** Operations per second; selects the open loop. */
  readonly rate?: number | undefined
  /** Selects the closed loop. */
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
  /** Add products 1 to this. */
  readonly products?: number | undefined
  /** Product ids, separated by commas, or `@FILE`. */
  readonly productIds?: string | undefined
  readonly shoppers?: number | undefined
  /** Milliseconds. */
  readonly timeout?: number | undefined
  /** Processes that share the load. */
  readonly generators?: number | 'auto' | undefined
  /** Send metrics while the load runs. */
  readonly otlp?: boolean | undefined
  /** One JSON object per line on standard output instead of tables. */
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
  'shoppers',
  'timeout',
  'generators',
  'otlp',
  'json',
]

/**
 * The requested load; `undefined` without a rate and `--closed`, which selects the quick test.
 *
 * @throws UsageError for options that do not apply or exclude each other
 */
export function loadSpecOf(
  options: LoadOptions & { readonly seed?: number | undefined },
): LoadSpec | undefined {
  const { rate, closed = false, products, productIds } = options
  if (rate === undefined && !closed) {
    const unused = NAMES.find((name) => options[name] !== undefined)
    if (unused === undefined) return undefined
    const option = unused.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new UsageError(`${option}: does not apply to the quick test; add --rate or --closed`)
  }
  if (products !== undefined && productIds !== undefined)
    throw new UsageError('product-ids: excludes --products')
  return completeSpec(
    dropUndefined({
      seed: options.seed,
      loop: closed ? 'closed' : 'open',
      rate,
      arrivals: options.arrivals,
      duration_s: options.duration,
      warmup_s: options.warmup,
      operations: options.operations,
      connections: options.connections,
      mix: options.mix,
      cart_choice: options.cartChoice,
      carts: options.carts,
      lines_per_cart: options.linesPerCart,
      products: productIds === undefined ? products : [...idsOf('product-ids', productIds)],
      shoppers: options.shoppers,
      timeout_ms: options.timeout,
    }),
  )
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function dropUndefined<T extends object>(fields: T): Defined<T> {
  const defined = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as Defined<T>
}

/** The spec for services with these products: their number, unless the options say which products are added. */
export function withProductsOf(
  spec: LoadSpec,
  { products, productIds }: Pick<LoadOptions, 'products' | 'productIds'>,
  accesses: readonly (Pick<Access, 'products'> | undefined)[],
): LoadSpec {
  const counts = accesses.flatMap((access) => access?.products?.length ?? [])
  if (products !== undefined || productIds !== undefined || counts.length === 0) return spec
  return completeSpec({ ...spec, products: Math.min(...counts) })
}
