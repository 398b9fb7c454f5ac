import { groupBy } from '../group-by.ts'
import { isRead, type Operation } from '../history/operation.ts'
import { type CartView, mayBeDeleted } from './cart-view.ts'
import type { Anomaly, Guarantee, Violation } from './report.ts'
import { columnOf, violation } from './tally.ts'

/** What a check of sessions says of one cart. */
export interface SessionOutcome {
  readonly violations: readonly Violation[]
  /** One entry for every operation that was held against what its session had done before. */
  readonly checked: readonly { readonly guarantee: Guarantee; readonly operation: Operation }[]
}

/** What one session knows of one cart. */
interface Known {
  written: Operation | undefined
  read: Operation | undefined
}

/**
 * The session guarantees of Terry et al. (1994) by versions: what a session reads is at least as new as what it has
 * written (read your writes) and read (monotonic reads); what it writes comes after what it has written (monotonic
 * writes) and read (writes follow reads).
 *
 * @param operations of the cart, as the index has them
 */
export function checkSessions(view: CartView, operations: readonly Operation[]): SessionOutcome {
  const violations: Violation[] = []
  const checked: { guarantee: Guarantee; operation: Operation }[] = []
  // A retry is answered with the version of the first attempt, which may be older than what was seen since.
  const firsts = new Set(
    view.changes
      .filter(({ kind, call, operation }) => kind !== 'merge_in' && call === operation.call)
      .map(({ operation }) => operation),
  )

  /** Holds `operation` against an earlier one of its session, of which it must not be older. */
  function hold(guarantee: Guarantee, operation: Operation, earlier: Operation | undefined): void {
    if (earlier === undefined || earlier.version === undefined) return
    const gone = operation.error !== undefined
    if (gone && mayBeDeleted(view, operation)) return
    checked.push({ guarantee, operation })
    const least = isRead(operation) ? earlier.version : earlier.version + 1
    if (!gone && (operation.version ?? least) >= least) return
    violations.push(broken(view.cart, guarantee, earlier, operation))
  }

  function holdChange(operation: Operation, known: Known): void {
    if (operation.status !== 'ok' || operation.cart !== view.cart) return
    if (firsts.has(operation)) {
      hold('monotonic_writes', operation, known.written)
      hold('writes_follow_reads', operation, known.read)
    }
    known.written = newer(known.written, operation)
  }

  for (const session of bySession(operations)) {
    const known: Known = { written: undefined, read: undefined }
    for (const operation of session) {
      if (operation.version === undefined && operation.error !== 'not_found') continue
      if (operation.kind === 'get') {
        hold('read_your_writes', operation, known.written)
        hold('monotonic_reads', operation, known.read)
        known.read = newer(known.read, operation)
      } else if (operation.kind !== 'list') holdChange(operation, known)
    }
  }
  return { violations, checked }
}

/**
 * The operations on one cart of every session that waits for its answers; of one that does not, no order is known that
 * could be held against it.
 */
export function bySession(operations: readonly Operation[]): Operation[][] {
  const sessions = groupBy(operations, ({ session }) => session)
  for (const session of sessions.values()) session.sort((a, b) => a.call - b.call)
  return [...sessions.values()].filter(waits)
}

function waits(session: readonly Operation[]): boolean {
  return session.every(({ call }, at) => (session[at - 1]?.return ?? 0) <= call)
}

const ANOMALY: Readonly<Record<string, Anomaly>> = {
  read_your_writes: 'own_write_unseen',
  monotonic_reads: 'read_went_back',
  monotonic_writes: 'writes_out_of_order',
  writes_follow_reads: 'write_before_what_was_read',
}

function newer(known: Operation | undefined, operation: Operation): Operation | undefined {
  if (operation.version === undefined) return known
  return known?.version !== undefined && known.version >= operation.version ? known : operation
}

function broken(
  cart: string,
  guarantee: Guarantee,
  earlier: Operation,
  operation: Operation,
): Violation {
  const saw = operation.error === undefined ? `version ${operation.version}` : 'no cart at all'
  const verb = isRead(operation) ? 'saw' : 'made'
  const before = isRead(earlier) ? 'had seen' : 'had made'
  const message = `session ${operation.session} ${before} version ${earlier.version}, then ${verb} ${saw}`
  return violation(
    guarantee,
    columnOf(operation),
    ANOMALY[guarantee] ?? 'read_went_back',
    cart,
    message,
    [earlier, operation],
  )
}
