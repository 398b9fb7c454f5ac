import type { Side } from '../compare/side.ts'
import { SCENARIOS } from '../consistency/records.ts'
import { summariesOf } from './consistency-table.ts'
import { count } from './format.ts'
import type { Prose } from './model.ts'
import type { CombinedConsistencyRecord } from './records.ts'

type Records = readonly CombinedConsistencyRecord[]

/**
 * Whether acknowledged updates survived concurrent clients. "None lost" is said only where nothing can hide a
 * lost one: every cart was read afterwards, every add was answered, and there was more than one client.
 */
export function keptUpdates(sides: readonly Side[], records: Records): Prose[] {
  const found = sides.map((side) => ({
    side,
    summary: summariesOf(records, side.key).concurrent_updates,
    alone: records.some(
      (record) =>
        record.database === side.key &&
        record.scenario === 'concurrent_updates' &&
        record.clients < 2,
    ),
  }))
  const kept = found.every(
    ({ summary, alone }) =>
      summary.judged > 0 &&
      summary.unjudged + summary.unknown + summary.lost + summary.duplicated === 0 &&
      !alone,
  )
  const lostElsewhere = lostWrites(sides, records)
  if (kept)
    return [
      ['No acknowledged update was lost or doubled by concurrent clients, on any side.'],
      ...lostElsewhere,
    ]
  const sentences = found.flatMap(({ side, summary, alone }): Prose[] => {
    const id = (name: string) => `concurrent_updates.${name}.${side.key}`
    if (summary.judged === 0) return [[`On ${side.label} no concurrent update could be checked.`]]
    const broken: Prose = [
      `${side.label} broke its word: of `,
      count(id('acknowledged'), summary.judged),
      ' units acknowledged to concurrent clients, ',
      count(id('lost'), summary.lost),
      ' were lost and ',
      count(id('duplicated'), summary.duplicated),
      ' stored twice.',
    ]
    const unread: Prose = [
      `On ${side.label}, `,
      count(id('unjudged'), summary.unjudged),
      summary.unjudged === 1 ? ' cart' : ' carts',
      ' could not be read after the concurrent updates: whether any update was lost there is not known.',
    ]
    const unknown: Prose = [
      `On ${side.label}, `,
      count(id('unknown'), summary.unknown),
      ' units of concurrent clients may or may not be stored, and a lost one can hide behind each.',
    ]
    return [
      ...(summary.lost + summary.duplicated > 0 ? [broken] : []),
      ...(summary.unjudged > 0 ? [unread] : []),
      ...(summary.unknown > 0 ? [unknown] : []),
      ...(alone
        ? [[`On ${side.label} one client was alone: no updates met, which proves nothing.`]]
        : []),
    ]
  })
  return [...sentences, ...lostElsewhere]
}

/** One sentence for each scenario of a side that lost a write without any concurrent client. */
function lostWrites(sides: readonly Side[], records: Records): Prose[] {
  return sides.flatMap((side) =>
    SCENARIOS.filter((scenario) => scenario !== 'concurrent_updates').flatMap((scenario) => {
      const own = records.filter(
        (record) => record.database === side.key && record.scenario === scenario,
      )
      const lost = own.filter(({ success, error }) => !success && error?.startsWith('lost'))
      if (lost.length === 0) return []
      return [
        [
          `${side.label} broke its word: an acknowledged write was lost in `,
          count(`${scenario}.lost_in.${side.key}`, lost.length),
          ` of ${own.length} iterations of ${scenario} (${lost[0]?.error ?? ''}).`,
        ],
      ]
    }),
  )
}

/** Whether reads sent after a write saw it. A read that failed is not called stale, nor is one of a lost write. */
export function freshReads(sides: readonly Side[], records: Records): Prose[] {
  const found = sides.map((side) => {
    const { create_then_read, write_then_read_items } = summariesOf(records, side.key)
    const sum = (name: 'reads' | 'stale_reads' | 'other_misses') =>
      create_then_read[name] + write_then_read_items[name]
    return {
      side,
      reads: sum('reads'),
      stale: sum('stale_reads'),
      other: sum('other_misses'),
      failed: create_then_read.failed + write_then_read_items.failed,
    }
  })
  if (found.every(({ reads, stale, other, failed }) => reads > 0 && stale + other + failed === 0))
    return [['Every read sent after a write saw that write, on every side.']]
  return found.flatMap(({ side, reads, stale, other }): Prose[] => {
    const of: Prose = [' of ', count(`reads.${side.key}`, reads), ' reads ']
    if (reads === 0) return [[`On ${side.label} no read after a write could be checked.`]]
    return [
      ...(stale > 0
        ? [
            [
              `On ${side.label}, `,
              count(`stale_reads.${side.key}`, stale),
              ...of,
              'did not see the write before them',
              side.read_consistency === 'eventual' ? ', as eventual reads may.' : '.',
            ],
          ]
        : []),
      ...(other > 0
        ? [
            [
              `On ${side.label}, `,
              count(`other_misses.${side.key}`, other),
              ...of,
              'failed, or missed the write in an iteration that failed: they do not count as stale.',
            ],
          ]
        : []),
    ]
  })
}
