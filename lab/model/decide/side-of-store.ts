import type { Side } from '../../compare/side.ts'
import { STORE_NAMES, STORES, type StoreName } from '../terms/stores.ts'
import type { EvidenceNote } from './notes.ts'

/**
 * The side whose latency, runs and CPU stand for a store. Of several DynamoDB services it is the first with strong
 * reads, because PostgreSQL's reads are strong too; otherwise the first.
 */
export function sideOf(store: StoreName, sides: readonly Side[]): Side | null {
  const own = sides.filter((side) => side.store === store)
  return own.find(({ read_consistency }) => read_consistency === 'strong') ?? own[0] ?? null
}

/** The label of the side; for an emulator started by the comparison its product name: `DynamoDB (dynalite 4.0.0)`. */
export function labelOf(store: StoreName, { address, label, emulator, database_version }: Side) {
  return address === null && emulator
    ? `${STORE_NAMES[store]} (${database_version ?? 'emulator'})`
    : label
}

/**
 * Which sides are ignored, and which one stands for its store.
 *
 * @param probed whether single operations were measured
 */
export function sideNotes(sides: readonly Side[], probed: boolean): EvidenceNote[] {
  const ignored = sides
    .filter(({ store }) => !STORES.some((known) => known === store))
    .map(({ label }) => ({ kind: 'ignored_side' as const, label }))
  const chosen = STORES.flatMap((store): EvidenceNote[] => {
    const count = sides.filter((side) => side.store === store).length
    const side = sideOf(store, sides)
    return count > 1 && side !== null
      ? [{ kind: 'chosen_side', store, sides: count, label: side.label, probed }]
      : []
  })
  return [...ignored, ...chosen]
}
