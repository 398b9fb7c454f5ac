import { pointer } from '../../evidence/pointer.ts'
import type { ComparisonParts } from '../../results/comparison-file.ts'
import { STORE_NAMES, type StoreName } from '../cost/monthly-cost.ts'
import { type Evidence, noEvidence, type StoreEvidence } from './evidence.ts'
import { guaranteesOf } from './guarantees.ts'
import { operationCosts } from './operation-costs.ts'
import { runsOf } from './runs.ts'
import { labelOf, sideNotes, sideOf } from './side-of-store.ts'

/** What a file shows of the two stores, and who spoke for them. */
export interface FileEvidence {
  readonly evidence: Evidence
  /** Key of the side that speaks for a store; `null` where none runs on it. */
  readonly sides: Readonly<Record<StoreName, string | null>>
  /** What a reader has to know of how it was taken from the file, in sentences. */
  readonly notes: readonly string[]
}

/**
 * A comparison as evidence, every figure with its record in the file. What the file lacks stays unknown: the
 * quick look alone gives latencies and success, the consistency test guarantees, blocks and capacity the rest of the
 * runs, `operations` and `requirements` what they are named after.
 */
export function evidenceFrom(file: ComparisonParts): FileEvidence {
  const { sides } = file.environment
  const [postgres, dynamodb] = [storeOf('postgres', file), storeOf('dynamodb', file)]
  return {
    evidence: { postgres: postgres.evidence, dynamodb: dynamodb.evidence },
    sides: {
      postgres: sideOf('postgres', sides)?.key ?? null,
      dynamodb: sideOf('dynamodb', sides)?.key ?? null,
    },
    notes: [
      ...sideNotes(sides, file.operations !== undefined),
      ...postgres.notes,
      ...dynamodb.notes,
    ],
  }
}

function storeOf(
  store: StoreName,
  file: ComparisonParts,
): { readonly evidence: StoreEvidence; readonly notes: readonly string[] } {
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
      capacity_knee: kneeOf(file, side.key),
      runs: runsOf(file, side.key),
      guarantees: guaranteesOf(file, own),
    },
    notes,
  }
}

function kneeOf({ capacity }: ComparisonParts, side: string): StoreEvidence['capacity_knee'] {
  const place = capacity?.sides.findIndex((one) => one.side === side) ?? -1
  const value = capacity?.sides[place]?.highest ?? null
  return value === null ? null : { value, record: pointer('capacity', 'sides', place, 'highest') }
}
