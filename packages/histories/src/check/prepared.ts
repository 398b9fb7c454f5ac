import { groupBy } from '../group-by.ts'
import { type History, type Operation, READ_MODES, type ReadMode } from '../history/operation.ts'
import type { SearchLimits } from '../search/search.ts'
import { indexListed, type ListedIndex, type Survey, survey } from './cart-index.ts'
import { type CartView, viewCart } from './cart-view.ts'
import { componentsOf } from './entries.ts'
import { checkLinearizability, type LinearizabilityFindings } from './linearizability.ts'
import { adoptLostCreates } from './lost-creates.ts'
import type { Column } from './report.ts'

/** A history indexed by cart. */
export interface Prepared {
  readonly survey: Survey
  readonly listed: ListedIndex
  /** The view is built on first use and kept until `forget`. */
  viewOf(cart: string): CartView | undefined
  /** Releases the views of these carts: garbage collection of a million views takes longer than building them. */
  forget(carts: readonly string[]): void
}

/**
 * @param keys   whether the service honours idempotency keys
 * @param known  what lists showed of the carts, if the operations do not include the lists
 */
export function prepare(
  { operations }: Pick<History, 'operations'>,
  keys: boolean,
  known?: readonly Operation[],
): Prepared {
  const surveyed = survey(operations)
  if (keys) adoptLostCreates(operations, surveyed)
  const listed = known === undefined ? indexListed(surveyed) : groupBy(known, ({ cart }) => cart)
  const views = new Map<string, CartView>()
  return {
    survey: surveyed,
    listed,
    viewOf(cart) {
      const known = views.get(cart)
      if (known !== undefined) return known
      const own = surveyed.carts.get(cart)
      if (own === undefined) return undefined
      const made = viewCart(cart, own, listed.get(cart) ?? [], keys)
      views.set(cart, made)
      return made
    },
    forget(carts) {
      for (const cart of carts) views.delete(cart)
    },
  }
}

/** One search for an order: a component, and the mode of the reads to include. */
export interface Job {
  readonly carts: readonly string[]
  readonly mode: ReadMode
  /** Whether reads of the mode are promised to be linearizable. Searches for other modes get little time. */
  readonly promised: boolean
}

/** A job with its outcome. */
export interface Done {
  readonly job: Job
  readonly outcome: LinearizabilityFindings
}

/** Carts that merges join, directly or through other carts. */
export function componentsOfHistory({ survey: { carts, merges } }: Prepared): string[][] {
  return componentsOf(
    carts.keys(),
    merges.map(({ cart, from = '' }) => [cart, from] as const),
  )
}

/** The searches of a component: one for `strong` and one for every other mode in which its carts were read. */
export function jobsOf(
  { survey, listed }: Prepared,
  carts: readonly string[],
  promised: readonly Column[],
): Job[] {
  const modes = new Set<ReadMode>(['strong'])
  for (const cart of carts) {
    for (const { read } of survey.carts.get(cart) ?? []) if (read !== undefined) modes.add(read)
    if (listed.has(cart)) modes.add('eventual')
  }
  return READ_MODES.filter((mode) => modes.has(mode)).map((mode) => ({
    carts,
    mode,
    promised: promised.includes(mode),
  }))
}

const UNPROMISED_LIMITS: SearchLimits = { states: 5000, ms: 100 }

/** The limits of a job. */
export interface Effort {
  readonly limits: SearchLimits
  readonly shrinkMs: number
}

export function runJob({ viewOf }: Prepared, job: Job, effort: Effort): Done {
  const views = job.carts.map(viewOf).filter((view) => view !== undefined)
  const limits = job.promised ? effort.limits : { ...effort.limits, ...UNPROMISED_LIMITS }
  const shrinkMs = job.promised ? effort.shrinkMs : 0
  return { job, outcome: checkLinearizability(views, job.mode, limits, shrinkMs) }
}
