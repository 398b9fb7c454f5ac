import type { Prose } from '../page/document.ts'
import { SCENARIOS } from '../results/consistency-records.ts'
import type { CombinedConsistencyRecord } from '../results/records.ts'
import type { Side } from '../results/side.ts'
import { summariseConsistency } from '../results/summarise-consistency.ts'
import { summariesOf } from './consistency-table.ts'
import { count } from './format.ts'
import { plural } from './performance/words.ts'

type Records = readonly CombinedConsistencyRecord[]

/**
 * Whether acknowledged updates survived concurrent clients. "None lost" requires that nothing can hide a lost one: every
 * cart was read afterwards, every add got a response, and there was more than one client.
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
      ['No acknowledged update of concurrent clients was lost or duplicated on any target.'],
      ...lostElsewhere,
    ]
  const sentences = found.flatMap(({ side, summary, alone }): Prose[] => {
    const id = (name: string) => `concurrent_updates.${name}.${side.key}`
    if (summary.judged === 0) return [[`${side.label}: no concurrent update could be checked.`]]
    const broken: Prose = [
      `${side.label} lost or duplicated acknowledged updates: of `,
      count(id('acknowledged'), summary.judged),
      ' units acknowledged to concurrent clients, ',
      count(id('lost'), summary.lost),
      ' were lost and ',
      count(id('duplicated'), summary.duplicated),
      ' duplicated.',
    ]
    const unread: Prose = [
      `${side.label}: `,
      count(id('unjudged'), summary.unjudged),
      summary.unjudged === 1 ? ' cart' : ' carts',
      ' could not be read after the concurrent updates, so lost updates there would go unnoticed.',
    ]
    const unknown: Prose = [
      `${side.label}: the outcome of `,
      count(id('unknown'), summary.unknown),
      ' units added by concurrent clients is unknown, and each can hide a lost update.',
    ]
    return [
      ...(summary.lost + summary.duplicated > 0 ? [broken] : []),
      ...(summary.unjudged > 0 ? [unread] : []),
      ...(summary.unknown > 0 ? [unknown] : []),
      ...(alone
        ? [[`${side.label}: with a single client, no updates were concurrent (inconclusive).`]]
        : []),
    ]
  })
  return [...sentences, ...lostElsewhere]
}

/** A sentence for each scenario in which a target lost a write without concurrent clients. */
function lostWrites(sides: readonly Side[], records: Records): Prose[] {
  return sides.flatMap(({ key, label }) =>
    SCENARIOS.filter((scenario) => scenario !== 'concurrent_updates').flatMap((scenario) => {
      const own = records.filter((one) => one.database === key && one.scenario === scenario)
      const lost = own.filter((record) => summariseConsistency([record])[scenario].lost > 0)
      if (lost.length === 0) return []
      const why = lost[0]?.error
      return [
        [
          `${label} lost an acknowledged write in `,
          count(`${scenario}.lost_in.${key}`, lost.length),
          ` of ${plural(own.length, 'iteration')} of ${scenario}${why === undefined ? '' : ` (${why})`}.`,
        ],
      ]
    }),
  )
}

/** Whether reads reflected the write before them. Failed reads and reads of lost writes do not count as stale. */
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
    return [
      [
        `Every read reflected the write before it on every target${sides.some(({ emulator }) => emulator) ? ' (an emulator of DynamoDB has no stale reads)' : ''}.`,
      ],
    ]
  return found.flatMap(({ side, reads, stale, other }): Prose[] => {
    const of: Prose = [' of ', count(`reads.${side.key}`, reads), ' reads ']
    if (reads === 0) return [[`${side.label}: no read after a write could be checked.`]]
    return [
      ...(stale > 0
        ? [
            [
              `${side.label}: `,
              count(`stale_reads.${side.key}`, stale),
              ...of,
              'did not reflect the write before them',
              side.read_consistency === 'eventual' ? ', as eventual reads may.' : '.',
            ],
          ]
        : []),
      ...(other > 0
        ? [
            [
              `${side.label}: `,
              count(`other_misses.${side.key}`, other),
              ...of,
              'failed or belong to a failed iteration; they do not count as stale.',
            ],
          ]
        : []),
    ]
  })
}
