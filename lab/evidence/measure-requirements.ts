import type { Target } from '../compare/target.ts'
import { UsageError } from '../http/usage-error.ts'
import {
  completeSpec,
  LoadError,
  type LoadProgress,
  type LoadSpec,
  runLoad,
} from '../load/run-load.ts'
import { type ServiceCosts, serviceCosts } from '../resources/per-operation.ts'
import type { OperationsPart, RequirementsPart } from '../results/comparison-file.ts'
import { measureHistory } from './measure-history.ts'
import { type ProductId, productsOf } from './products.ts'

export interface RequirementsOptions {
  readonly seed: number
  /** As the load's: products 1 to a number, or a list. */
  readonly products: LoadSpec['products']
  /** Of each run. */
  readonly seconds: number
  readonly signal?: AbortSignal | undefined
  /** What is being measured, and how far that is; `null` while operations are probed. */
  readonly onProgress: (phase: string, load: LoadProgress | null) => void
  /** Why a run could not be made, one line; it is `null` in what is returned. */
  readonly onSkipped?: ((reason: string) => void) | undefined
}

const SHOPPERS = 100
const LINES = 50
/** Readers of large carts: some at once, far from what a service can bear. */
const READERS = 4
const LARGE_CARTS = 20
/** Of one customer for each side and seed, beside all that the loads create. */
const FIRST_CUSTOMER = 20_000_001

type Side<Part extends { readonly sides: unknown }> = Part['sides'] extends (infer One)[]
  ? One
  : never

/**
 * What the requirements sheet and the cost model need besides the blocks, one side after another: what one operation of each
 * kind takes, 100 shoppers at once, carts of 50 lines, a customer's history. About half a minute a side. Of services
 * that the comparison started on the same store, the first alone is asked what operations take. A run that
 * cannot be made is left out: what was measured before must not be lost for it.
 */
export async function measureRequirements(
  targets: readonly Target[],
  options: RequirementsOptions,
): Promise<{ readonly operations: OperationsPart; readonly requirements: RequirementsPart }> {
  const operations: Side<OperationsPart>[] = []
  const requirements: Side<RequirementsPart>[] = []
  for (const target of targets) {
    if (options.signal?.aborted) break
    const alike = targets.find((other) => isAlike(other, target))
    if (alike === target) operations.push(await costsOf(target, options))
    requirements.push(await runsOf(target, options))
  }
  return { operations: { sides: operations }, requirements: { sides: requirements } }
}

/** Services that a comparison starts differ in what a get reads when not told, and the probe tells. */
function isAlike(one: Target, other: Target): boolean {
  return one === other || (one.own !== undefined && one.side.store === other.side.store)
}

async function costsOf(
  { side, url, own }: Target,
  { products, signal, onProgress }: RequirementsOptions,
): Promise<Side<OperationsPart>> {
  const costs: ServiceCosts = await serviceCosts(
    { url, ...own },
    {
      products: productsOf(products, 100),
      signal,
      onProgress: (operation) => onProgress(`${operation} alone, ${side.label}`, null),
    },
  )
  return { side: side.key, ...costs, operations: [...costs.operations] }
}

async function runsOf(
  { side, url }: Target,
  { seed, products, seconds, signal, onProgress, onSkipped }: RequirementsOptions,
): Promise<Side<RequirementsPart>> {
  const run = async (phase: string, wanted: Partial<LoadSpec>) => {
    const told = (load: LoadProgress) => onProgress(`${phase}, ${side.label}`, load)
    try {
      const spec = completeSpec({ ...wanted, seed, loop: 'closed', products, duration_s: seconds })
      return await runLoad(spec, { url }, { signal, onProgress: told })
    } catch (error) {
      if (!(error instanceof LoadError || error instanceof UsageError)) throw error
      if (!signal?.aborted) onSkipped?.(`${phase}, ${side.label}: ${error.message}`)
      return null
    }
  }
  const [product = 1] = productsOf(products, 1)
  const enough: readonly ProductId[] = productsOf(products, LINES)
  const hundred_shoppers = await run('100 shoppers', {
    mix: 'shopper',
    connections: SHOPPERS,
    shoppers: SHOPPERS,
  })
  const fifty_lines =
    signal?.aborted || enough.length < LINES
      ? null
      : await run('carts of 50 lines', {
          mix: 'read-heavy',
          connections: READERS,
          carts: LARGE_CARTS,
          lines_per_cart: LINES,
        })
  const customer = FIRST_CUSTOMER + (Math.abs(seed) % 1_000_000)
  const history = await measureHistory(url, { customer, product, signal })
  return { side: side.key, hundred_shoppers, fifty_lines, history }
}
