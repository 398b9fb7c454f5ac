import { countUnits } from '../../cart/cart.ts'
import { CartError } from '../../cart/errors.ts'
import type { KeyRecord } from '../../cart/idempotency.ts'
import { mergeCarts } from '../../cart/merge.ts'
import {
  addedLines,
  applyChange,
  type CartState,
  type Changed,
  type ChangeTerms,
  checkedOut,
  deleted,
  emptied,
  lineRemoved,
  lineSet,
  type Rule,
} from '../../cart/rules.ts'
import type { StoreEvents } from '../store-events.ts'
import { type Change, isIssuable, type SingleChange } from './changes.ts'
import type { Database, RunStatement } from './database.ts'
import { cartOfDocument, type DocumentHead, documentOf } from './document.ts'
import { LOCK_CARTS, READ_DOCUMENTS, WRITE_DOCUMENT } from './statements.ts'

/** How often a change is tried without a lock. Only where changes of one cart follow each other without a pause is more needed. */
const OPTIMISTIC_ATTEMPTS = 3

/**
 * Changes of documents by the rules of `cart/rules.ts`: the cart is read, the rules decide, and the result is written on condition
 * that nothing has changed since. If other changes keep coming in between, the cart is locked first.
 */
export function openDocumentChanges(
  database: Database,
  events: StoreEvents,
): (change: SingleChange) => Promise<Changed> {
  return async (what) => {
    const attempt = (run: RunStatement) => attemptChange(run, what)
    for (let tried = 1; tried <= OPTIMISTIC_ATTEMPTS; tried++) {
      const made = await attempt(database.run)
      if (made !== undefined) return made
      events.conflicted()
      events.retried('conflict')
    }
    return database.transaction(async (run) => {
      await run(LOCK_CARTS, [cartIdsOf(what)])
      const made = await attempt(run)
      if (made === undefined) throw new CartError('STORE_BUSY')
      return made
    })
  }
}

function cartIdsOf({ cartId, change }: SingleChange): string[] {
  if (change.do !== 'merge' || !isIssuable(change.fromCartId)) return [cartId]
  return [cartId, change.fromCartId]
}

/** The result; `undefined` when the cart was changed in between. */
async function attemptChange(run: RunStatement, what: SingleChange): Promise<Changed | undefined> {
  const { cartId, change, terms } = what
  const values = [cartIdsOf(what), terms.now, terms.key !== undefined, change.do === 'merge']
  const rows = await run<StateRow>(READ_DOCUMENTS, values)
  const states = new Map(rows.map((row) => [row[0], stateOf(row)]))
  const before = states.get(cartId)
  const [moment] = rows.map((row) => row[16])
  const decided = decide(before, states, change, { ...terms, moment })
  const { next, source, changed } = decided
  if (before === undefined || next === undefined) return changed
  const from = source && states.get(source.cartId)
  const [row] = await run<{ written: boolean }>(
    WRITE_DOCUMENT,
    documentValues({ before, next, from, source, terms }),
  )
  return row?.written === true ? changed : undefined
}

interface Decided {
  readonly changed: Changed
  readonly next: CartState | undefined
  /** The source of a merge, afterwards. */
  readonly source?: CartState | undefined
}

function decide(
  cart: CartState | undefined,
  states: ReadonlyMap<string, CartState>,
  change: Change,
  terms: ChangeTerms,
): Decided {
  if (change.do !== 'merge') return applyChange(cart, terms, ruleOf(change))
  const { changed, target, source } = mergeCarts(cart, states.get(change.fromCartId), change, terms)
  return { changed, next: target, source }
}

function ruleOf(change: Exclude<Change, { readonly do: 'merge' }>): Rule {
  switch (change.do) {
    case 'add':
      return addedLines(change.lines)
    case 'set':
      return lineSet(change.line)
    case 'remove':
      return lineRemoved(change.productId)
    case 'remove_line':
      return lineRemoved(change.line)
    case 'replace':
      return () => ({ lines: change.lines })
    case 'empty':
      return emptied
    case 'delete':
      return deleted
    case 'checkout':
      return checkedOut
  }
}

/** A row of `READ_DOCUMENTS`. */
type StateRow = readonly [
  ...head: DocumentHead,
  mergedInto: string | null,
  keys: readonly (readonly [id: string, fingerprint: string, version: number, at: number])[] | null,
  absorbed: readonly string[] | null,
  moment: number,
]

function stateOf(row: StateRow): CartState {
  return {
    ...cartOfDocument(row),
    deleted: row[2] === 'deleted',
    mergedInto: row[13],
    keys: (row[14] ?? []).map(([id, fingerprint, version, at]) => ({
      id,
      fingerprint,
      version,
      at,
    })),
    absorbed: row[15] ?? [],
  }
}

interface Written {
  readonly before: CartState
  readonly next: CartState
  readonly from: CartState | undefined
  readonly source: CartState | undefined
  readonly terms: ChangeTerms
}

/** The parameters of `WRITE_DOCUMENT`, in their order. */
function documentValues({ before, next, from, source, terms: { key } }: Written): unknown[] {
  const { keys, names, numbers } = documentOf(next.lines)
  return [
    before.cartId,
    before.createdAt,
    before.version,
    next.version,
    next.deleted ? 'deleted' : next.status,
    next.updatedAt,
    next.expiresAt,
    next.orderedAt,
    keys,
    names,
    numbers,
    countUnits(next.lines),
    key?.id,
    key?.fingerprint,
    forgotten(before.keys, next.keys),
    from?.cartId,
    from?.createdAt,
    from?.version,
    source?.version,
    source?.updatedAt,
    source?.expiresAt,
  ]
}

/** The ids of the keys that a change has pushed out. */
function forgotten(before: readonly KeyRecord[], after: readonly KeyRecord[]): string[] {
  const kept = new Set(after.map(({ id }) => id))
  return before.map(({ id }) => id).filter((id) => !kept.has(id))
}
