import type { Side } from '../../compare/side.ts'
import { STORE_NAMES, type StoreName } from '../cost/monthly-cost.ts'

/**
 * The side that speaks for a store: its latency, its runs, its CPU. Of several DynamoDB services the one with strong reads,
 * since PostgreSQL's reads are strong, too; else the first.
 */
export function sideOf(store: StoreName, sides: readonly Side[]): Side | null {
  const own = sides.filter((side) => side.store === store)
  return own.find(({ read_consistency }) => read_consistency === 'strong') ?? own[0] ?? null
}

/** The side's own label; an emulator that the comparison started is called by its name: `DynamoDB (dynalite 4.0.0)`. */
export function labelOf(store: StoreName, { address, label, emulator, database_version }: Side) {
  return address === null && emulator
    ? `${STORE_NAMES[store]} (${database_version ?? 'emulator'})`
    : label
}

/**
 * What has to be known about who speaks for whom, in sentences.
 *
 * @param probed whether single operations were measured
 */
export function sideNotes(sides: readonly Side[], probed: boolean): string[] {
  const silent = sides
    .filter(({ store }) => store !== 'postgres' && store !== 'dynamodb')
    .map(({ label }) => `${label} does not run on one of the two stores: it decides nothing here.`)
  const several = (['postgres', 'dynamodb'] as const).flatMap((store) => {
    const own = sides.filter((side) => side.store === store)
    const speaker = sideOf(store, sides)
    return own.length > 1 && speaker !== null
      ? [
          `Of the ${own.length} sides on ${STORE_NAMES[store]}, ${speaker.label} speaks for the store; guarantees come from all${probed ? ', units of both kinds of read from the probe of single operations' : ''}.`,
        ]
      : []
  })
  return [...silent, ...several]
}
