import { groupBy } from '../group-by.ts'
import { isRead, type Operation } from '../history/operation.ts'
import { type CartView, mayBeDeleted } from './cart-view.ts'
import type { Anomaly, Guarantee, Violation } from './report.ts'
import { columnOf, violation } from './tally.ts'

/** The result of the session checks of one cart. */
export interface SessionFindings {
  readonly violations: readonly Violation[]
  /** One entry for every operation that was compared with earlier operations of its session. */
  readonly checked: readonly { readonly guarantee: Guarantee; readonly operation: Operation }[]
}

/** The newest versions that one session has written and read of one cart. */
interface Known {
  written: Operation | undefined
  read: Operation | undefined
}

/**
 * The session guarantees of Terry et al. (1994) by versions: what a session reads is at least as new as what it has
 * written (read your writes) and read (monotonic reads); what it writes comes after what it has written (monotonic
 * writes) and read (writes follow reads).
 *
 * @param operations those of the cart, from the index
 */
export function checkSessions(view: CartView, operations: readonly Operation[]): SessionFindings {
  const violations: Violation[] = []
  const checked: { guarantee: Guarantee; operation: Operation }[] = []
  // The response to a retry has the version of the first attempt, which may be older than what the session read since.
  const firsts = new Set(
    view.changes
      .filter(({ kind, call, operation }) => kind !== 'merge_in' && call === operation.call)
      .map(({ operation }) => operation),
  )

  /** Requires that `operation` is not older than an earlier operation of its session. */
  function require(
    guarantee: Guarantee,
    operation: Operation,
    earlier: Operation | undefined,
  ): void {
    if (earlier === undefined || earlier.version === undefined) return
    const gone = operation.error !== undefined
    if (gone && mayBeDeleted(view, operation)) return
    checked.push({ guarantee, operation })
    const least = isRead(operation) ? earlier.version : earlier.version + 1
    if (!gone && (operation.version ?? least) >= least) return
    violations.push(broken(view.cart, guarantee, earlier, operation))
  }

  function checkChange(operation: Operation, known: Known): void {
    if (operation.status !== 'ok' || operation.cart !== view.cart) return
    if (firsts.has(operation)) {
      require('monotonic_writes', operation, known.written)
      require('writes_follow_reads', operation, known.read)
    }
    known.written = newer(known.written, operation)
  }

  for (const session of bySession(operations)) {
    const known: Known = { written: undefined, read: undefined }
    for (const operation of session) {
      if (operation.version === undefined && operation.error !== 'not_found') continue
      if (operation.kind === 'get') {
        require('read_your_writes', operation, known.written)
        require('monotonic_reads', operation, known.read)
        known.read = newer(known.read, operation)
      } else if (operation.kind !== 'list') checkChange(operation, known)
    }
  }
  return { violations, checked }
}

/**
 * The operations on one cart of every session that waits for its responses. Other sessions have no order that could be
 * checked.
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
  const saw = operation.error === undefined ? `version ${operation.version}` : 'found no cart'
  const verb = operation.error !== undefined ? '' : isRead(operation) ? 'read ' : 'created '
  const before = isRead(earlier) ? 'read' : 'created'
  const message = `session ${operation.session} ${before} version ${earlier.version}, then ${verb}${saw}`
  return violation(
    guarantee,
    columnOf(operation),
    ANOMALY[guarantee] ?? 'read_went_back',
    cart,
    message,
    [earlier, operation],
  )
}
