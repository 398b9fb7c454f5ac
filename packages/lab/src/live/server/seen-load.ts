import { isRead, type Operation } from '@pushcart/histories'
import {
  createForeignTally,
  emptyTally,
  entryOf,
  figuresOf,
} from '../../results/import/foreign-tally.ts'
import type { ImportedResult } from '../../results/imported-result.ts'
import { recordTime } from '../../stats/histogram.ts'

const NS_PER_S = 1e9

/**
 * What shoppers of the live page measured on one side, as a result that `pushcart report` takes.
 *
 * @param operations of one side, at least one; times in nanoseconds since the page's server started
 * @param startedAt when that was, milliseconds since the epoch
 * @param file name of the history that has the operations
 */
export function seenLoad(
  operations: readonly Operation[],
  startedAt: number,
  file: string,
): ImportedResult {
  const tally = createForeignTally()
  const first = Math.min(...operations.map(({ call }) => call))
  const last = Math.max(...operations.map((operation) => operation.return))
  for (const operation of operations) {
    const { kind, status, call, return: end } = operation
    const second = Math.floor((end - first) / NS_PER_S)
    const name = isRead(operation) ? `${kind} ${operation.read ?? ''}`.trim() : kind
    for (const counted of [
      entryOf(tally.operations, name, () => emptyTally(true)),
      entryOf(tally.intervals, second, () => ({ ...emptyTally(true), length_s: 1 })),
    ]) {
      counted.count++
      // A refusal is a correct response to some requests, but a fast one must not make a service look fast.
      if (status === 'ok') recordTime(counted.times, (end - call) / 1000)
      else counted.failed = (counted.failed ?? 0) + 1
    }
  }
  const duration_s = (last - first) / NS_PER_S
  return {
    format: 'pushcart imported result',
    version: 1,
    source: { kind: 'pushcart live', file, unit: 'ns' },
    started_at: new Date(startedAt + first / 1e6).toISOString(),
    duration_s,
    rate: duration_s === 0 ? null : operations.length / duration_s,
    dropped: null,
    ...figuresOf(tally),
    missing: MISSING,
  }
}

const MISSING: ImportedResult['missing'] = [
  {
    what: 'response time from the intended send time',
    why: 'a shopper sends the next request after the previous response, so a stall hides requests that it delayed',
  },
  { what: 'a constant load', why: 'shoppers, mix and faults could be changed while the page ran' },
  {
    what: 'operations of unfinished carts',
    why: 'the page keeps the newest operations of finished carts',
  },
  { what: 'warm-up', why: 'all operations are counted' },
]
