import type { ComparisonFile } from '../../results/comparison-file.ts'
import { OPERATION_KINDS, type OperationKind, type PerKind } from '../../results/operation-kinds.ts'
import { pointer } from '../../results/pointer.ts'
import type { OperationsPart } from '../../results/schemas.ts'
import type { Side } from '../../results/side.ts'
import { measured as figureOf, type SourcedFigure } from '../terms/source.ts'
import type { OperationEvidence, StoreEvidence } from './evidence.ts'
import type { EvidenceNote } from './notes.ts'

type ProbedSide = OperationsPart['sides'][number]
type Cost = ProbedSide['operations'][number]

/** Bytes that DynamoDB adds to every stored item and index entry (Developer Guide, Best practices for billing). */
const OVERHEAD_BYTES = 100

/**
 * Entries that an operation writes to this service's indexes, all of keys only: one write unit each (Developer Guide,
 * Global Secondary Indexes, provisioned throughput considerations). Dynalite does not report these units.
 */
const INDEX_WRITES: PerKind = { create_cart: 1, checkout: 1 }

/** Resources per operation and per cart of a store, from the measurement of single operations. */
export interface OperationCosts
  extends Pick<StoreEvidence, 'operations' | 'cart_bytes' | 'index_bytes' | 'flush_s'> {
  /** Additions to the measured figures. */
  readonly notes: readonly EvidenceNote[]
}

/** @param side that stands for the store; if it was not measured, another side on the same store is used */
export function operationCosts(
  { operations, environment }: Pick<ComparisonFile, 'operations' | 'environment'>,
  side: Side,
): OperationCosts {
  const probed = operations?.sides ?? []
  const alike = new Set(
    environment.sides.filter(({ store }) => store === side.store).map(({ key }) => key),
  )
  const own = probed.findIndex((one) => one.side === side.key)
  const place = own >= 0 ? own : probed.findIndex((one) => alike.has(one.side))
  const found = probed[place]
  if (found === undefined || found.operations.length === 0)
    return { operations: {}, cart_bytes: null, index_bytes: null, flush_s: null, notes: [] }
  const uncounted = side.store === 'dynamodb' && side.emulator && leavesOutIndexes(found)
  const kinds = OPERATION_KINDS.flatMap((kind) => {
    const evidence = operationOf(kind, found, place, side, uncounted)
    return evidence === null ? [] : [[kind, evidence] as const]
  })
  return {
    operations: Object.fromEntries(kinds),
    cart_bytes: cartBytes(found, place),
    index_bytes: sideFigure(found, place, 'index_bytes'),
    flush_s: sideFigure(found, place, 'flush_s'),
    notes: [
      ...(uncounted ? [{ kind: 'index_writes_added' as const }] : []),
      ...(found.cart_bytes_by === 'units'
        ? [
            {
              kind: 'bytes_from_units' as const,
              lines: found.lines,
              overhead_bytes: OVERHEAD_BYTES,
            },
          ]
        : []),
    ],
  }
}

/** Whether a create was reported with a single unit, which the item alone takes. */
function leavesOutIndexes({ operations }: ProbedSide): boolean {
  const units = operations.find(({ operation }) => operation === 'create_cart')?.write_units
  return units !== null && units !== undefined && units < 2
}

function operationOf(
  kind: OperationKind,
  { operations }: ProbedSide,
  side: number,
  { store, emulator }: Side,
  uncounted: boolean,
): OperationEvidence | null {
  const of = (read: Cost['read_consistency']) =>
    operations.findIndex(
      ({ operation, read_consistency }) =>
        operation === kind && (read_consistency === null || read_consistency === read),
    )
  const [strong, eventual] = [of('strong'), of('eventual')]
  if (strong < 0) return null
  const measured = (place: number, name: keyof Cost & `${string}_${'s' | 'units' | 'bytes'}`) => {
    const value = operations[place]?.[name]
    return typeof value === 'number'
      ? figureOf(value, pointer('operations', 'sides', side, 'operations', place, name))
      : null
  }
  const onDynamo = store === 'dynamodb'
  const writes = onDynamo ? measured(strong, 'write_units') : null
  return {
    service_cpu_s: measured(strong, 'service_cpu_s'),
    // An emulator's CPU is not DynamoDB's, which bills by units.
    database_cpu_s: onDynamo ? null : measured(strong, 'database_cpu_s'),
    emulator_cpu_s: onDynamo && emulator ? measured(strong, 'database_cpu_s') : null,
    log_bytes: onDynamo ? null : measured(strong, 'log_bytes'),
    write_units: uncounted ? plus(writes, INDEX_WRITES[kind] ?? 0) : writes,
    read_units_strong: onDynamo ? measured(strong, 'read_units') : null,
    read_units_eventual: onDynamo ? measured(eventual, 'read_units') : null,
  }
}

function sideFigure(
  found: ProbedSide,
  side: number,
  name: 'index_bytes' | 'flush_s',
): SourcedFigure | null {
  const value = found[name] ?? null
  return value === null ? null : figureOf(value, pointer('operations', 'sides', side, name))
}

function cartBytes({ cart_bytes, cart_bytes_by }: ProbedSide, side: number): SourcedFigure | null {
  if (cart_bytes === null) return null
  const record = pointer('operations', 'sides', side, 'cart_bytes')
  const measured = figureOf(cart_bytes, record)
  const entries = 1 + (INDEX_WRITES.create_cart ?? 0)
  return cart_bytes_by === 'units' ? plus(measured, OVERHEAD_BYTES * entries) : measured
}

function plus(measured: SourcedFigure | null, more: number): SourcedFigure | null {
  return measured === null ? null : { ...measured, value: measured.value + more }
}
