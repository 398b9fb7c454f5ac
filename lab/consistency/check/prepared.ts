import { type History, READ_MODES, type ReadMode } from '../../history/operation.ts'
import { type CartIndex, type CartView, indexCarts, viewCart } from './cart-view.ts'
import { componentsOf } from './entries.ts'
import { checkLinearizability, type LinearizabilityOutcome } from './linearizability.ts'
import type { SearchLimits } from './linearizable.ts'
import type { Column } from './report.ts'

/** A history sorted by carts. */
export interface Prepared {
  readonly history: Pick<History, 'operations'>
  readonly index: CartIndex
  viewOf(cart: string): CartView | undefined
}

/**
 * @param keys whether the service honours idempotency keys
 * @param keep whether views are kept: not worth the memory where each is looked at once
 */
export function prepare(
  history: Pick<History, 'operations'>,
  keys: boolean,
  keep = true,
): Prepared {
  const index = indexCarts(history)
  const views = new Map<string, CartView>()
  return {
    history,
    index,
    viewOf(cart) {
      const known = views.get(cart)
      if (known !== undefined) return known
      const operations = index.get(cart)
      if (operations === undefined) return undefined
      const made = viewCart(cart, operations, keys)
      if (keep) views.set(cart, made)
      return made
    },
  }
}

/** One search for an order: a component and the mode of the reads that are held against it. */
export interface Job {
  readonly carts: readonly string[]
  readonly mode: ReadMode
  /** Whether reads of the mode are meant to be linearizable; a broken promise is worth more time than a curiosity. */
  readonly promised: boolean
  /** Operations, as a measure of the work. */
  readonly size: number
}

/** A job and what became of it. */
export interface Done {
  readonly job: Job
  readonly outcome: LinearizabilityOutcome
}

/** The searches that a history asks for: every component with every mode that it was read in, and always `strong`. */
export function jobsOf({ history, index }: Prepared, promised: readonly Column[]): Job[] {
  const merges = history.operations
    .filter(({ kind, status }) => kind === 'merge' && status !== 'fail')
    .map(({ cart, from = '' }) => [cart, from] as const)
  return componentsOf(index.keys(), merges).flatMap((carts) => {
    const operations = carts.flatMap((cart) => index.get(cart) ?? [])
    const modes = new Set(operations.map(({ read }) => read))
    return READ_MODES.filter((mode) => mode === 'strong' || modes.has(mode)).map((mode) => ({
      carts,
      mode,
      promised: promised.includes(mode),
      size: operations.length,
    }))
  })
}

const UNPROMISED_LIMITS: SearchLimits = { states: 5000, ms: 100 }

/** How much the searches may take. */
export interface Effort {
  readonly limits: SearchLimits
  readonly shrinkMs: number
  /** Most violations that are worth shrinking. */
  readonly examples: number
}

export function runJobs({ viewOf }: Prepared, jobs: readonly Job[], effort: Effort): Done[] {
  let shown = 0
  return jobs.map((job) => {
    const views = job.carts.map(viewOf).filter((view) => view !== undefined)
    const shrinkMs = job.promised && shown < effort.examples ? effort.shrinkMs : 0
    const limits = job.promised ? effort.limits : UNPROMISED_LIMITS
    const outcome = checkLinearizability(views, job.mode, limits, shrinkMs)
    if (outcome.violation !== undefined && shrinkMs > 0) shown++
    return { job, outcome }
  })
}
