import type { Anomaly, Guarantee } from '../../../packages/histories/src/check/report.ts'

/** An anomaly explained. */
export interface Meaning {
  readonly title: string
  /** Effect on a shopper. */
  readonly shopper: string
  /** Designs that usually cause it. */
  readonly cause: string
}

/** Every anomaly that the checkers report. */
export const MEANINGS: Readonly<Record<Anomaly, Meaning>> = {
  version_reused: {
    title: 'Two changes with the same version',
    shopper:
      'One of two concurrent changes is lost, or two pages that both claim to be current disagree.',
    cause: 'The version is read, incremented in memory and written back without a condition.',
  },
  version_skipped: {
    title: 'A version without a change',
    shopper: 'The cart changed without a request, or a change was applied twice.',
    cause: 'An internal retry that is applied again, or a counter that advances without a change.',
  },
  version_order: {
    title: 'Versions out of real-time order',
    shopper: 'A later change is ordered before one that was already acknowledged.',
    cause: 'Versions assigned by clocks or by several writers, or reads from a stale replica.',
  },
  version_content: {
    title: 'Content that does not match its version',
    shopper: 'The cart shows content that no sequence of the acknowledged changes produces.',
    cause: 'The version and the lines are written separately, or read from different replicas.',
  },
  impossible_change: {
    title: 'An impossible change was acknowledged',
    shopper: 'The shop confirms an impossible change, such as the removal of a missing item.',
    cause: 'The state is checked in one request and changed in another, without a condition.',
  },
  duplicated_change: {
    title: 'A change was applied twice',
    shopper: 'A retry after a lost response takes effect again.',
    cause: 'The idempotency key is ignored, or checked separately from the write.',
  },
  not_linearizable: {
    title: 'No valid ordering of the operations',
    shopper: 'Responses contradict each other: at least one of them was false.',
    cause:
      'Read-modify-write without a condition, reads from a stale replica, or a change that is applied in several steps.',
  },
  own_write_unseen: {
    title: 'Read misses the session’s own write',
    shopper: 'An item that was just added is missing when the shopper looks again.',
    cause: 'Reads go to a replica or cache that does not have the change yet.',
  },
  read_went_back: {
    title: 'Non-monotonic read',
    shopper: 'After a reload, the page shows an older cart than before.',
    cause: 'Reads are spread over replicas or caches with different lag.',
  },
  writes_out_of_order: {
    title: 'Writes of a session out of order',
    shopper: 'An earlier change overwrites a later one.',
    cause: 'Writes pass through queues or clocks that do not preserve the order of a session.',
  },
  write_before_what_was_read: {
    title: 'Write ordered before the read it follows',
    shopper: 'A change is ordered before the information it was based on.',
    cause: 'Several writers without a common order, or last-write-wins by timestamp.',
  },
  lost_add: {
    title: 'Lost add',
    shopper: 'The shop confirmed the item, but it is not in the cart.',
    cause:
      'Read-modify-write: the cart is read, changed in memory and written back, and the last writer wins.',
  },
  lost_write: {
    title: 'Lost change',
    shopper: 'A confirmed change of a quantity is missing.',
    cause:
      'Read-modify-write, last-write-wins, or a response that is sent before the write is durable.',
  },
  lost_cart: {
    title: 'Lost cart',
    shopper: 'A cart that was created is not found.',
    cause:
      'A response that is sent before the write is durable, or a replica that never catches up.',
  },
  stale_read: {
    title: 'Stale read',
    shopper: 'The page shows the cart as it was before an acknowledged change.',
    cause: 'Eventually consistent reads: a replica, index or cache lags behind.',
  },
  duplicated_add: {
    title: 'Duplicated add',
    shopper: 'The cart has two units of an item that was added once.',
    cause:
      'A retry or double click without an idempotency key, or with one that is checked separately from the write.',
  },
  resurrected_line: {
    title: 'Removed item reappears',
    shopper: 'An item that was removed is in the cart again.',
    cause: 'Replicas are merged by union, so one replica undoes a removal on another.',
  },
  phantom_of_failure: {
    title: 'Rejected change was applied',
    shopper: 'The shop reported an error, but the change took effect.',
    cause:
      'An error is returned after the write, or a write that timed out is reported as rejected.',
  },
  partial_batch: {
    title: 'Partially applied batch',
    shopper: 'Only some of several items added together are in the cart.',
    cause: 'A batch is written line by line without a transaction.',
  },
  checkout_lost_add: {
    title: 'Checkout without an acknowledged add',
    shopper: 'The order lacks an item whose add was confirmed before or during the checkout.',
    cause: 'Checkout freezes a copy that it read earlier, without a condition on the version.',
  },
  changed_after_checkout: {
    title: 'Order changed after checkout',
    shopper: 'The order differs from what was paid for.',
    cause: 'Adds do not check the status of the cart in the same write.',
  },
  merge_lost_lines: {
    title: 'Merge lost items',
    shopper: 'After signing in, items of the guest cart are missing.',
    cause: 'A merge reads both carts and writes one back while they are being changed.',
  },
  merge_applied_twice: {
    title: 'Merge applied twice',
    shopper: 'After signing in, every item of the guest cart is in the cart twice.',
    cause: 'A repeated merge adds the items again, because the first one left no marker.',
  },
  condition_ignored: {
    title: 'Condition ignored',
    shopper: 'A page that was open for a long time silently overwrote a newer change.',
    cause: 'If-Match is ignored, or compared in one request and applied in another.',
  },
  refused_in_vain: {
    title: 'Spurious conflict',
    shopper: '“Somebody else has changed this cart”, although nobody has.',
    cause:
      'The condition is compared with a stale replica, or with a version that a previous attempt of the same change created.',
  },
  missing_from_list: {
    title: 'Cart missing from the list',
    shopper: 'A cart exists but never appears in “my carts”.',
    cause: 'The index is written separately from the cart and never repaired.',
  },
  foreign_in_list: {
    title: 'Another customer’s cart in the list',
    shopper: '“My carts” contains a stranger’s cart.',
    cause: 'A list that is cached or indexed under the wrong key.',
  },
  listed_twice: {
    title: 'Cart listed twice',
    shopper: '“My carts” contains the same cart twice.',
    cause: 'Pagination by offset while carts are being created, or two index entries for one cart.',
  },
  listed_otherwise: {
    title: 'List contradicts the cart',
    shopper: '“My carts” shows other items than the cart itself.',
    cause: 'The list is a copy of the carts that is not updated with them.',
  },
}

/** The guarantees from the point of view of a shopper. */
export const GUARANTEE_MEANS: Readonly<Record<Guarantee, string>> = {
  version_order: 'The cart has a single history, and every page shows one point of it.',
  linearizability: 'An acknowledged change is visible to everybody immediately.',
  read_your_writes: 'My changes are there when I look again.',
  monotonic_reads: 'The cart never goes back in time.',
  monotonic_writes: 'My changes are applied in my order.',
  writes_follow_reads: 'My changes are ordered after what I saw.',
  conditions: 'A conditional change is applied if and only if its condition holds.',
  lines: 'No unit is lost, duplicated or resurrected.',
  lists: 'My list shows exactly my carts, once each, as they are.',
}
