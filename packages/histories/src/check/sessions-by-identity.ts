import type { Operation } from '../history/operation.ts'
import type { CartView, RecordedChange } from './cart-view.ts'
import type { Violation } from './report.ts'
import { bySession, type SessionFindings } from './sessions.ts'
import { columnOf, violation } from './tally.ts'

/**
 * Read your writes and monotonic reads where versions only identify states. Such numbers need not be in the order of the
 * changes: a sequence can be drawn before a lock is taken, and clocks differ. The state of a read is certainly too old if
 * the change that made it had ended before a change was called that the session has made or seen.
 *
 * Only versions of one change count, and only reads that end before a change of unknown version was called, which could
 * have made the same number again.
 *
 * @param operations those of the cart
 */
export function checkSessionsByIdentity(
  view: CartView,
  operations: readonly Operation[],
): SessionFindings {
  const outcome = {
    violations: [] as Violation[],
    checked: [] as SessionFindings['checked'][number][],
  }
  const makers = makersOf(view)
  const own = new Map(view.changes.map((step) => [step.operation, step]))
  const unknown = view.changes.find(
    ({ kind, version }) => kind !== 'create' && version === undefined,
  )
  const horizon = unknown?.call ?? Infinity

  function require(
    guarantee: IdentityGuarantee,
    read: Operation,
    maker: RecordedChange,
    earlier: Seen | undefined,
  ): void {
    if (earlier === undefined) return
    outcome.checked.push({ guarantee, operation: read })
    if (maker.end < earlier.change.call)
      outcome.violations.push(tooOld(guarantee, view.cart, read, maker, earlier))
  }

  function walk(session: readonly Operation[]): void {
    let written: Seen | undefined
    let seen: Seen | undefined
    for (const operation of session) {
      const change = own.get(operation)
      if (change?.version !== undefined) written = later(written, { change, by: operation })
      const maker = operation.kind === 'get' ? makers.get(operation.version ?? -1) : undefined
      if (maker === undefined || operation.return >= horizon) continue
      require('read_your_writes', operation, maker, written)
      require('monotonic_reads', operation, maker, seen)
      seen = later(seen, { change: maker, by: operation })
    }
  }

  for (const session of bySession(operations)) walk(session)
  return outcome
}

type IdentityGuarantee = 'read_your_writes' | 'monotonic_reads'

function tooOld(
  guarantee: IdentityGuarantee,
  cart: string,
  read: Operation,
  maker: RecordedChange,
  { change, by }: Seen,
): Violation {
  const [anomaly, did] =
    guarantee === 'monotonic_reads'
      ? (['read_went_back', 'read'] as const)
      : (['own_write_unseen', 'made'] as const)
  const message = `session ${read.session} ${did} version ${change.version}, then read version ${read.version}, whose change had ended before that of version ${change.version} began`
  const shown = [maker.operation, change.operation, by, read]
  return violation(guarantee, columnOf(read), anomaly, cart, message, shown)
}

/** A change that a session has made or seen, and the operation that showed it. */
interface Seen {
  readonly change: RecordedChange
  readonly by: Operation
}

function later(known: Seen | undefined, next: Seen): Seen {
  return known !== undefined && known.change.call >= next.change.call ? known : next
}

/** The change of each version that only one change made. */
function makersOf({ changes }: CartView): Map<number, RecordedChange> {
  const makers = new Map<number, RecordedChange>()
  const several = new Set<number>()
  for (const change of changes) {
    const { version, end } = change
    if (version === undefined || end === Infinity) continue
    if (makers.has(version)) several.add(version)
    makers.set(version, change)
  }
  for (const version of several) makers.delete(version)
  return makers
}
