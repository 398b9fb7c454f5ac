import { groupBy } from '../group-by.ts'
import { type History, type Operation, READ_MODES, type ReadMode } from '../history/operation.ts'
import type { SearchLimits } from '../search/search.ts'
import { indexListed, type ListedIndex, type Survey, survey } from './cart-index.ts'
import { type CartView, viewCart } from './cart-view.ts'
import { componentsOf } from './entries.ts'
import { checkLinearizability, type LinearizabilityOutcome } from './linearizability.ts'
import type { Column } from './report.ts'

/** A history sorted by carts. */
export interface Prepared {
  readonly survey: Survey
  readonly listed: ListedIndex
  /** Made when first asked for, and kept until it is forgotten. */
  viewOf(cart: string): CartView | undefined
  /** Lets go of the views of these carts: a million that are kept cost more time in garbage collection than making them. */
  forget(carts: readonly string[]): void
}

/**
 * @param keys   whether the service honours idempotency keys
 * @param known  what lists showed of the carts, where the lists themselves are not among the operations
 */
export function prepare(
  { operations }: Pick<History, 'operations'>,
  keys: boolean,
  known?: readonly Operation[],
): Prepared {
  const surveyed = survey(operations)
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

/** One search for an order: a component and the mode of the reads that are held against it. */
export interface Job {
  readonly carts: readonly string[]
  readonly mode: ReadMode
  /** Whether reads of the mode are meant to be linearizable; a broken promise is worth more time than a curiosity. */
  readonly promised: boolean
}

/** A job and what became of it. */
export interface Done {
  readonly job: Job
  readonly outcome: LinearizabilityOutcome
}

/** Carts that merges join, directly or through others. */
export function componentsOfHistory({ survey: { carts, merges } }: Prepared): string[][] {
  return componentsOf(
    carts.keys(),
    merges.map(({ cart, from = '' }) => [cart, from] as const),
  )
}

/** The searches that a component asks for: one for every mode that it was read in, and always `strong`. */
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

/** How much the searches may take. */
export interface Effort {
  readonly limits: SearchLimits
  readonly shrinkMs: number
}

export function runJob({ viewOf }: Prepared, job: Job, effort: Effort): Done {
  const views = job.carts.map(viewOf).filter((view) => view !== undefined)
  const limits = job.promised ? effort.limits : UNPROMISED_LIMITS
  const shrinkMs = job.promised ? effort.shrinkMs : 0
  return { job, outcome: checkLinearizability(views, job.mode, limits, shrinkMs) }
}
