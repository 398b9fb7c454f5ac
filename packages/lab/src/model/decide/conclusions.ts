import { OPERATION_KINDS, type OperationKind, type PerKind } from '../../results/operation-kinds.ts'
import { recordOf, type SourcedFigure } from '../terms/source.ts'
import { STORES, type StoreName } from '../terms/stores.ts'
import {
  type Evidence,
  eachKind,
  type GuaranteeEvidence,
  recordsOf,
  type StoreEvidence,
} from './evidence.ts'

/** What the runs of one store showed, and where it holds. */
export type Conclusion = Finding & {
  readonly store: StoreName
  /**
   * - `anywhere`: a property of the code and of the requests it sends
   * - `this_machine`: of this hardware; ratios carry over, absolute figures do not
   * - `real_dynamodb`: measured on an emulator; the real DynamoDB has to be measured
   */
  readonly reach: 'anywhere' | 'this_machine' | 'real_dynamodb'
  readonly records: readonly string[]
}

type Finding =
  | ({
      readonly topic: 'correctness'
      /** Whether the emulator cannot show the stale reads that DynamoDB can return. */
      readonly never_stale: boolean
    } & Pick<GuaranteeEvidence, 'guarantee' | 'read_mode' | 'verdict' | 'operations'>)
  | {
      readonly topic: 'success'
      /** Share of successful operations in the worst run, 0-1. */
      readonly lowest: number
    }
  | { readonly topic: 'units'; readonly operations: readonly OperationUnits[] }
  | {
      readonly topic: 'service_cpu'
      /** CPU seconds per operation. */
      readonly seconds: PerKind
    }
  | { readonly topic: 'size'; readonly cart_bytes: number }
  | { readonly topic: 'latency' | 'capacity' }

/** Units that one operation consumes; `null` where they were not measured. */
export interface OperationUnits {
  readonly kind: OperationKind
  readonly write: number | null
  readonly read_strong: number | null
  readonly read_eventual: number | null
}

/** What follows from these runs, and where it holds; only of what was measured. */
export function conclusions(evidence: Evidence): Conclusion[] {
  return STORES.map((store) => evidence[store]).flatMap((store) => [
    ...correctness(store),
    ...success(store),
    ...units(store),
    ...serviceCpu(store),
    ...size(store),
    ...speed(store),
  ])
}

function correctness({ store, emulator, guarantees }: StoreEvidence): Conclusion[] {
  return guarantees
    .filter(({ verdict }) => verdict !== 'unknown')
    .map(({ record, ...guarantee }) => ({
      topic: 'correctness',
      ...guarantee,
      never_stale: emulator && guarantee.read_mode === 'eventual' && guarantee.verdict === 'holds',
      ...anywhere(store, [record]),
    }))
}

function success({ store, runs }: StoreEvidence): Conclusion[] {
  const rated = runs.flatMap(({ success_rate, overload, record }) =>
    success_rate === null || overload ? [] : [{ success_rate, record }],
  )
  if (rated.length === 0) return []
  const lowest = Math.min(...rated.map(({ success_rate }) => success_rate)) / 100
  const records = rated.map(({ record }) => record)
  return [{ topic: 'success', lowest, ...anywhere(store, records) }]
}

function units(store: StoreEvidence): Conclusion[] {
  const operations = OPERATION_KINDS.flatMap((kind) => {
    const { write_units, read_units_strong, read_units_eventual } = store.operations[kind] ?? {}
    const found = {
      write: write_units?.value ?? null,
      read_strong: read_units_strong?.value ?? null,
      read_eventual: read_units_eventual?.value ?? null,
    }
    return Object.values(found).some((value) => value !== null && value > 0)
      ? [{ kind, ...found }]
      : []
  })
  if (operations.length === 0) return []
  const records = recordsOf(store, OPERATION_KINDS)
  return [{ topic: 'units', operations, ...anywhere(store.store, records) }]
}

function serviceCpu(store: StoreEvidence): Conclusion[] {
  const seconds = eachKind(store, ({ service_cpu_s }) => service_cpu_s)
  if (Object.keys(seconds).length === 0) return []
  const records = recordsOf(store, OPERATION_KINDS)
  return [{ topic: 'service_cpu', seconds, ...anywhere(store.store, records) }]
}

function size({ store, cart_bytes }: StoreEvidence): Conclusion[] {
  if (cart_bytes === null) return []
  return [
    { topic: 'size', cart_bytes: cart_bytes.value, ...anywhere(store, recordsIn(cart_bytes)) },
  ]
}

function speed({ store, emulator, runs, capacity_knee }: StoreEvidence): Conclusion[] {
  const reach: Conclusion['reach'] = emulator ? 'real_dynamodb' : 'this_machine'
  const timed = runs.filter(({ overall }) => overall !== null).map(({ record }) => record)
  return [
    ...(timed.length === 0 ? [] : [{ topic: 'latency' as const, store, reach, records: timed }]),
    ...(capacity_knee === null
      ? []
      : [{ topic: 'capacity' as const, store, reach, records: recordsIn(capacity_knee) }]),
  ]
}

function recordsIn(figure: SourcedFigure): string[] {
  const record = recordOf(figure)
  return record === null ? [] : [record]
}

function anywhere(store: StoreName, records: readonly string[]) {
  return { store, reach: 'anywhere' as const, records }
}
