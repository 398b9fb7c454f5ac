import type { Anomaly, Guarantee } from '../../consistency/check/index.ts'

/** What an anomaly is to the people concerned. */
export interface Meaning {
  readonly title: string
  /** What a shopper meets. */
  readonly shopper: string
  /** The designs that usually cause it. */
  readonly cause: string
}

/** Every anomaly that the checkers name. */
export const MEANINGS: Readonly<Record<Anomaly, Meaning>> = {
  version_reused: {
    title: 'One version for two changes',
    shopper:
      'One of two changes that met is gone, or two pages disagree though both say they are current.',
    cause:
      'The version is read, increased in memory and written back without a condition on the old one.',
  },
  version_skipped: {
    title: 'A version that no change made',
    shopper: 'Something changed the cart that nobody asked for, or a change happened twice.',
    cause:
      'A retry inside the service that applied a second time, or a counter that moves without its change.',
  },
  version_order: {
    title: 'Versions against the order of time',
    shopper: 'A change that came later is ordered before one that was already confirmed.',
    cause: 'Versions given by clocks or by several writers, or reads from a copy that lags.',
  },
  version_content: {
    title: 'A version that holds something else',
    shopper: 'The cart shows what no sequence of the confirmed changes leads to.',
    cause:
      'Version and lines are written apart, or lines are read from another copy than the version.',
  },
  impossible_change: {
    title: 'A change that could not be made',
    shopper:
      'The shop confirms what was impossible, such as removing something that was not there.',
    cause: 'The state is checked in one request and changed in another, without a condition.',
  },
  duplicated_change: {
    title: 'One change made twice',
    shopper: 'A retry after a lost answer takes effect again.',
    cause: 'The idempotency key is checked apart from the write, or not at all.',
  },
  not_linearizable: {
    title: 'No order explains the answers',
    shopper: 'What was answered contradicts itself: somebody was told something that was not so.',
    cause:
      'Read-modify-write without a condition, a stale copy that answers, or a change that is made in several steps.',
  },
  own_write_unseen: {
    title: 'Own change not seen',
    shopper: 'Put in, looked again, gone.',
    cause: 'Reads go to a replica or a cache that has not got the change yet.',
  },
  read_went_back: {
    title: 'A read that went back',
    shopper: 'The cart was newer a moment ago; on reload it is old again.',
    cause: 'Reads are spread over replicas or caches that lag differently.',
  },
  writes_out_of_order: {
    title: 'Own changes out of order',
    shopper: 'The first change wins over the second.',
    cause: 'Writes go through queues or clocks that do not keep the order of a session.',
  },
  write_before_what_was_read: {
    title: 'A change before what it came from',
    shopper: 'A decision is ordered before what it was based on.',
    cause: 'Several writers without a common order, or last-write-wins by clock.',
  },
  lost_add: {
    title: 'Lost add',
    shopper: 'The shop said it is in the cart. It is not.',
    cause:
      'Read-modify-write: the cart is read, changed in memory and written back, and whoever writes last wins.',
  },
  lost_write: {
    title: 'Lost change',
    shopper: 'A confirmed change of a quantity is not there.',
    cause:
      'Read-modify-write, last-write-wins, or an answer that was given before the write was durable.',
  },
  lost_cart: {
    title: 'Lost cart',
    shopper: 'A cart that was made is not found.',
    cause: 'An answer before the write was durable, or reads from a replica that never caught up.',
  },
  stale_read: {
    title: 'Stale read',
    shopper: 'The page shows the cart as it was before a change that was already confirmed.',
    cause: 'Eventually consistent reads: a replica, an index or a cache that lags.',
  },
  duplicated_add: {
    title: 'Duplicated add',
    shopper: 'Two in the cart where one was ordered.',
    cause:
      'A retry or a double click without an idempotency key, or with one that is checked apart from the write.',
  },
  resurrected_line: {
    title: 'A line back from the dead',
    shopper: 'What was taken out is in the cart again.',
    cause:
      'Copies of the cart are merged by union, so a removal on one of them is undone by the other.',
  },
  phantom_of_failure: {
    title: 'Refused, and yet done',
    shopper: 'The shop said no, and did it all the same.',
    cause:
      'An error is answered after the write was made, or a timed-out write is reported as refused.',
  },
  partial_batch: {
    title: 'Half of a batch',
    shopper: 'Of several things added at once only some arrived.',
    cause: 'A batch is written line by line without a transaction.',
  },
  checkout_lost_add: {
    title: 'Checkout without a confirmed add',
    shopper:
      'The order lacks something that was confirmed before it, or the add vanished into the checkout.',
    cause: 'Checkout freezes a copy that it read earlier, without a condition on the version.',
  },
  changed_after_checkout: {
    title: 'An order that changed',
    shopper: 'The order is not what was paid.',
    cause: 'Adds do not check the status in the same write.',
  },
  merge_lost_lines: {
    title: 'Merge lost lines',
    shopper: 'After logging in, things of the guest cart are gone.',
    cause: 'A merge that reads both carts and writes one back while others change them.',
  },
  merge_applied_twice: {
    title: 'Merge applied twice',
    shopper: 'After logging in, everything is in the cart twice.',
    cause: 'A merge that is repeated adds again: it does not note what it has taken in.',
  },
  condition_ignored: {
    title: 'A change against its condition',
    shopper:
      'A page that was open for long overwrote what somebody else had changed since, and nobody was told.',
    cause: 'If-Match is not looked at, or compared in one request and obeyed in another.',
  },
  refused_in_vain: {
    title: 'Refused, though nothing had changed',
    shopper: '“Somebody else has changed this cart.” Nobody had.',
    cause:
      'The condition is compared with a copy that lags, or with a version that another attempt at the same change has made.',
  },
  missing_from_list: {
    title: 'A list that forgets',
    shopper: 'A cart exists, but “my carts” does not show it, ever.',
    cause: 'The index is written apart from the cart, and nothing repairs it.',
  },
  foreign_in_list: {
    title: 'Somebody else’s cart in a list',
    shopper: 'A stranger’s cart among mine.',
    cause: 'A list that is cached or indexed under the wrong key.',
  },
  listed_twice: {
    title: 'A cart listed twice',
    shopper: 'The same cart stands twice among mine.',
    cause:
      'Pages that are cut by position while carts are made, or an index with two entries for one cart.',
  },
  listed_otherwise: {
    title: 'A list that contradicts the cart',
    shopper: '“My carts” shows other things in a cart than the cart itself.',
    cause: 'The list is kept as a copy of the carts, which is not changed with them.',
  },
}

/** The guarantees, in the words of somebody who shops. */
export const GUARANTEE_MEANS: Readonly<Record<Guarantee, string>> = {
  version_order: 'The cart has one history, and every page shows a moment of it.',
  linearizability: 'What was answered is there for everybody, at once.',
  read_your_writes: 'What I put in stays in when I look again.',
  monotonic_reads: 'The cart does not go back in time while I look.',
  monotonic_writes: 'My changes happen in my order.',
  writes_follow_reads: 'What I do comes after what I saw.',
  conditions: 'What I change on condition that nobody else did happens then, and only then.',
  lines: 'No unit is lost, doubled, or back from the dead.',
  lists: 'My list shows my carts, each once and as it is, and no others.',
}
