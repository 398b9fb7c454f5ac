import type { Id } from '../../cart-api/api.ts'
import { type LoadProgress, type RunLoadOptions, runLoad } from '../../load/run-load.ts'
import { completeSpec, type LoadSpec } from '../../results/load-spec.ts'
import type {
  GrowthPart,
  LoadPart,
  OperationsPart,
  RequirementsPart,
} from '../../results/schemas.ts'
import type { Target } from '../../services/target.ts'
import { type Attempts, createAttempts } from './attempt.ts'
import { growthRates, measureGrowth } from './measure-growth.ts'
import { measureHistory } from './measure-history.ts'
import { type ServiceCosts, serviceCosts } from './per-operation.ts'
import { productsOf } from './products.ts'

export interface RequirementsOptions {
  readonly seed: number
  /** The blocks that were measured before; without them no other rates are measured. */
  readonly load: LoadPart | null
  /** As in the load: products 1 to a number, or a list. */
  readonly products: LoadSpec['products']
  /** Duration of each run. */
  readonly seconds: number
  readonly signal?: AbortSignal | undefined
  readonly limits?: RunLoadOptions['limits']
  readonly telemetry?: RunLoadOptions['telemetry']
  /** Of the load at other rates; the other runs are small. */
  readonly generators?: RunLoadOptions['generators']
  /**
   * What is being measured, and its progress, `null` while operations are probed; otherwise also how many runs have ended
   * and how many there will be.
   */
  readonly onProgress: (
    phase: string,
    load: LoadProgress | null,
    parts?: { readonly of: 'runs'; readonly done: number; readonly total: number },
  ) => void
  /** Called with the reason of a failed run, in one line; the run is `null` in the result. */
  readonly onSkipped?: ((reason: string) => void) | undefined
}

const SHOPPERS = 100
const LINES = 50
/** Concurrent readers of large carts, far below the limits of a service. */
const READERS = 4
const LARGE_CARTS = 20
/** One customer for each target and seed, different from all customers of loads. */
const FIRST_CUSTOMER = 20_000_001

type Side<Part extends { readonly sides: readonly unknown[] }> = Part['sides'][number]

interface MeasuredRequirements {
  readonly parts: {
    readonly operations: OperationsPart
    readonly growth: GrowthPart
    readonly requirements: RequirementsPart
  }
  /** Why it ended early: a service no longer responds; `null` when it did not. */
  readonly cut_off: string | null
}

/**
 * What the requirements sheet, the cost model and the simulation need besides the blocks, one target after another: the
 * resources of one operation of each kind, the load at other rates, 100 concurrent shoppers, carts of 50 lines, a
 * customer's history. About a minute per target. Of services that the comparison started on the same store, only the
 * first is probed for the resources of operations. A run that fails is left out.
 */
export async function measureRequirements(
  targets: readonly Target[],
  wanted: RequirementsOptions,
): Promise<MeasuredRequirements> {
  const options = countingRuns(wanted, targets.length)
  const operations: Side<OperationsPart>[] = []
  const growth: Side<GrowthPart>[] = []
  const requirements: Side<RequirementsPart>[] = []
  const { load, signal } = options
  const attempts = createAttempts(options)
  for (const target of targets) {
    if (signal?.aborted || attempts.gone() !== null) break
    const alike = targets.find((other) => isAlike(other, target))
    if (alike === target) operations.push(await costsOf(target, options))
    if (load !== null) growth.push(await measureGrowth(target, { ...options, load }, attempts))
    requirements.push(await runsOf(target, options, attempts))
  }
  return {
    parts: {
      operations: { sides: operations },
      growth: { sides: growth },
      requirements: { sides: requirements },
    },
    cut_off: attempts.gone(),
  }
}

/** The same options, with progress that counts the runs. */
function countingRuns(options: RequirementsOptions, sides: number): RequirementsOptions {
  const { load, products, onProgress } = options
  const rates = load === null ? 0 : growthRates(load).length
  const large = productsOf(products, LINES).length < LINES ? 0 : 1
  const total = sides * (rates + 1 + large)
  const begun = new Set<string>()
  return {
    ...options,
    onProgress(phase, progress) {
      if (progress === null) return onProgress(phase, null)
      begun.add(phase)
      onProgress(phase, progress, { of: 'runs', done: begun.size - 1, total })
    },
  }
}

/** Services that a comparison starts on one store and layout differ only in the default consistency, which the probe sets. */
function isAlike(one: Target, other: Target): boolean {
  return (
    one === other ||
    (one.own !== undefined &&
      one.side.store === other.side.store &&
      one.side.layout === other.side.layout)
  )
}

async function costsOf(
  { side, url, access, own }: Target,
  { products, signal, onProgress }: RequirementsOptions,
): Promise<Side<OperationsPart>> {
  const costs: ServiceCosts = await serviceCosts(
    { url, access, ...own },
    {
      products: productsOf(products, 100),
      signal,
      onProgress: (operation) => onProgress(`${operation} alone, ${side.label}`, null),
    },
  )
  return { side: side.key, ...costs }
}

async function runsOf(
  target: Target,
  { seed, products, seconds, signal, limits, telemetry, onProgress }: RequirementsOptions,
  { attempt, isThere }: Attempts,
): Promise<Side<RequirementsPart>> {
  const { side, url, access } = target
  const run = (what: string, wanted: Partial<LoadSpec>) => {
    const report = (load: LoadProgress) => onProgress(`${what}, ${side.label}`, load)
    return attempt(target, what, () => {
      const spec = completeSpec({ ...wanted, seed, loop: 'closed', products, duration_s: seconds })
      return runLoad(
        spec,
        { url, access, name: side.label },
        { signal, limits, telemetry, onProgress: report },
      )
    })
  }
  const [product = 1] = productsOf(products, 1)
  const enough: readonly Id[] = productsOf(products, LINES)
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
  const measured = (await isThere(target))
    ? await measureHistory(url, { customer, product, access, signal })
    : []
  // A history that was cut off would count as failed.
  const history = (await isThere(target)) && !signal?.aborted ? measured : []
  return { side: side.key, hundred_shoppers, fifty_lines, history }
}
