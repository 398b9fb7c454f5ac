import type { ComparisonParts } from '../../results/comparison-file.ts'
import { pointer } from '../../results/pointer.ts'
import { measured } from '../terms/source.ts'
import { perStore, STORE_NAMES, STORES, type StoreName } from '../terms/stores.ts'
import { completed } from './complete-evidence.ts'
import { type Evidence, noEvidence, type StoreEvidence } from './evidence.ts'
import { guaranteesOf } from './guarantees.ts'
import type { EvidenceNote } from './notes.ts'
import { operationCosts } from './operation-costs.ts'
import { runsOf } from './runs.ts'
import { labelOf, sideNotes, sideOf } from './side-of-store.ts'

/** The evidence in the file of a comparison, and where it was taken from. */
export interface ComparisonEvidence {
  /** Every figure names its record in `results.json`. */
  readonly evidence: Evidence
  /** Key of the side that stands for a store; `null` where no side runs on it. */
  readonly sides: Readonly<Record<StoreName, string | null>>
  readonly notes: readonly EvidenceNote[]
}

/**
 * Takes the evidence from a comparison. Parts that the file lacks stay unknown: the quick look alone gives latencies
 * and success rates, the consistency test the guarantees, blocks and capacity the other runs, `operations` and
 * `requirements` what their names say. What this run did not measure comes from the file's `evidence`.
 */
export function evidenceFrom(file: ComparisonParts): ComparisonEvidence {
  const { sides } = file.environment
  const found = perStore((store) => storeEvidence(store, file))
  const own = { postgres: found.postgres.evidence, dynamodb: found.dynamodb.evidence }
  return {
    evidence: completed(own, file.evidence ?? []),
    sides: perStore((store) => sideOf(store, sides)?.key ?? null),
    notes: [
      ...sideNotes(sides, file.operations !== undefined),
      ...STORES.flatMap((store) => found[store].notes),
    ],
  }
}

function storeEvidence(
  store: StoreName,
  file: ComparisonParts,
): { readonly evidence: StoreEvidence; readonly notes: readonly EvidenceNote[] } {
  const { sides } = file.environment
  const side = sideOf(store, sides)
  if (side === null) return { evidence: noEvidence(store, STORE_NAMES[store], false), notes: [] }
  const { notes, ...costs } = operationCosts(file, side)
  const own = sides.filter((other) => other.store === store)
  return {
    evidence: {
      store,
      label: labelOf(store, side),
      emulator: side.emulator,
      ...costs,
      round_trip_s: side.address === null ? (file.environment.network?.rtt_ms ?? 0) / 1000 : null,
      latencies: {},
      capacity_knee: kneeOf(file, side.key),
      runs: runsOf(file, side.key),
      guarantees: guaranteesOf(file, own),
      fitted: null,
    },
    notes,
  }
}

function kneeOf({ capacity }: ComparisonParts, side: string): StoreEvidence['capacity_knee'] {
  const place = capacity?.sides.findIndex((one) => one.side === side) ?? -1
  const value = capacity?.sides[place]?.highest ?? null
  return value === null ? null : measured(value, pointer('capacity', 'sides', place, 'highest'))
}
