import type { Side } from '../compare/side.ts'
import { select, sumKnown } from './consistency-table.ts'
import { count } from './format.ts'
import type { Prose } from './model.ts'
import type { CombinedConsistencyRecord } from './records.ts'

type Records = readonly CombinedConsistencyRecord[]

/** Whether acknowledged updates survived concurrent clients: one sentence if all did, else one per side. */
export function keptUpdates(sides: readonly Side[], records: Records): Prose[] {
  const found = sides.map((side) => {
    const own = select(records, side.key, 'concurrent_updates')
    return {
      side,
      acknowledged: sumKnown(own.map((record) => record.acknowledged_quantity)) ?? 0,
      lost: sumKnown(own.map((record) => record.lost_updates)),
      duplicated: sumKnown(own.map((record) => record.duplicated_updates)),
    }
  })
  const checked = found.filter(({ acknowledged, lost }) => acknowledged > 0 && lost !== null)
  const broken = checked.filter(({ lost, duplicated }) => lost !== 0 || duplicated !== 0)
  const unchecked = found.filter((entry) => !checked.includes(entry))
  const kept = checked.length > 0 && broken.length === 0 && unchecked.length === 0
  return [
    ...(kept
      ? [['No acknowledged update was lost or doubled by concurrent clients, on any side.']]
      : []),
    ...broken.map(
      ({ side, acknowledged, lost, duplicated }): Prose => [
        `${side.label} broke its word: of `,
        count(`concurrent_updates.acknowledged.${side.key}`, acknowledged),
        ' units acknowledged to concurrent clients, ',
        count(`concurrent_updates.lost.${side.key}`, lost),
        ' were lost and ',
        count(`concurrent_updates.duplicated.${side.key}`, duplicated),
        ' stored twice.',
      ],
    ),
    ...unchecked.map(
      ({ side }): Prose => [`On ${side.label} no concurrent update could be checked.`],
    ),
  ]
}

/** Whether reads sent after a write saw it. */
export function freshReads(sides: readonly Side[], records: Records): Prose[] {
  const found = sides.map((side) => {
    const created = select(records, side.key, 'create_then_read')
    const added = select(records, side.key, 'write_then_read_items')
    const all = [...created, ...added].map((record) => record.read_attempts)
    const fresh = [
      ...created.map((record) => record.consistent_reads),
      ...added.map((record) => record.item_visible_count),
    ]
    return { side, reads: sumKnown(all) ?? 0, fresh: sumKnown(fresh) ?? 0 }
  })
  const stale = found.filter(({ reads, fresh }) => fresh < reads)
  if (stale.length === 0)
    return found.every(({ reads }) => reads > 0)
      ? [['Every read sent after a write saw that write, on every side.']]
      : [['Reads after writes could not be checked on every side.']]
  return stale.map(({ side, reads, fresh }) => [
    `On ${side.label}, `,
    count(`stale_reads.${side.key}`, reads - fresh),
    ' of ',
    count(`reads.${side.key}`, reads),
    ' reads did not see the write before them',
    side.read_consistency === 'eventual' ? ', as eventual reads may.' : '.',
  ])
}
