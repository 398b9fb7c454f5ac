import type { Side } from '../compare/side.ts'
import type { PerKind } from '../cost/inputs.ts'
import type { Measured, OperationEvidence, StoreEvidence } from '../decide/evidence.ts'
import type { ComparisonFile } from '../results/comparison-file.ts'
import { OPERATION_KINDS, type OperationKind } from '../results/operation-kinds.ts'
import type { OperationsPart } from '../results/schemas.ts'
import { pointer } from './pointer.ts'

type ProbedSide = OperationsPart['sides'][number]
type Cost = ProbedSide['operations'][number]

/** DynamoDB adds so many bytes to every item and every index entry that it stores (Developer Guide, Best practices for billing). */
const OVERHEAD_BYTES = 100

/**
 * Entries that an operation makes in this service's indexes, both of keys only: a write unit each (Developer Guide, Global
 * Secondary Indexes, provisioned throughput considerations). Dynalite leaves them out of the units it tells.
 */
const INDEX_WRITES: PerKind = { create_cart: 1, checkout: 1 }

/** What operations and carts of a store take, as the probe of single operations found it. */
export interface OperationCosts extends Pick<StoreEvidence, 'operations' | 'cart_bytes'> {
  /** What was added to what was measured, in sentences. */
  readonly notes: readonly string[]
}

/** @param side who speaks for the store; where it was not probed itself, another side of its store was */
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
    return { operations: {}, cart_bytes: null, notes: [] }
  const untold = side.store === 'dynamodb' && side.emulator && leavesOutIndexes(found)
  const kinds = OPERATION_KINDS.flatMap((kind) => {
    const evidence = operationOf(kind, found, place, side, untold)
    return evidence === null ? [] : [[kind, evidence] as const]
  })
  return {
    operations: Object.fromEntries(kinds),
    cart_bytes: cartBytes(found, place),
    notes: [
      ...(untold
        ? [
            'The emulator leaves index writes out of the units it tells. A write unit was added to create_cart and to checkout, each of which makes one entry of keys only.',
          ]
        : []),
      ...(found.cart_bytes_by === 'units'
        ? [
            `Bytes of a DynamoDB cart of ${found.lines} lines follow from the write units of a growing cart; ${OVERHEAD_BYTES} bytes were added for the item and for its index entry, whose keys (about as much again) are not counted.`,
          ]
        : []),
    ],
  }
}

/** A create that took a single unit wrote the item and, as far as was told, no index. */
function leavesOutIndexes({ operations }: ProbedSide): boolean {
  const units = operations.find(({ operation }) => operation === 'create_cart')?.write_units
  return units !== null && units !== undefined && units < 2
}

function operationOf(
  kind: OperationKind,
  { operations }: ProbedSide,
  side: number,
  { store, emulator }: Side,
  untold: boolean,
): OperationEvidence | null {
  const of = (read: Cost['read_consistency']) =>
    operations.findIndex(
      ({ operation, read_consistency }) =>
        operation === kind && (read_consistency === null || read_consistency === read),
    )
  const [strong, eventual] = [of('strong'), of('eventual')]
  if (strong < 0) return null
  const measured = (place: number, name: keyof Cost & `${string}_${'s' | 'units'}`) => {
    const value = operations[place]?.[name]
    return typeof value === 'number'
      ? { value, record: pointer('operations', 'sides', side, 'operations', place, name) }
      : null
  }
  const onDynamo = store === 'dynamodb'
  const writes = onDynamo ? measured(strong, 'write_units') : null
  return {
    service_cpu_s: measured(strong, 'service_cpu_s'),
    // An emulator's CPU says nothing of a database that bills by units.
    database_cpu_s: onDynamo ? null : measured(strong, 'database_cpu_s'),
    emulator_cpu_s: onDynamo && emulator ? measured(strong, 'database_cpu_s') : null,
    write_units: untold ? plus(writes, INDEX_WRITES[kind] ?? 0) : writes,
    read_units_strong: onDynamo ? measured(strong, 'read_units') : null,
    read_units_eventual: onDynamo ? measured(eventual, 'read_units') : null,
  }
}

function cartBytes({ cart_bytes, cart_bytes_by }: ProbedSide, side: number): Measured | null {
  if (cart_bytes === null) return null
  const record = pointer('operations', 'sides', side, 'cart_bytes')
  const measured = { value: cart_bytes, record }
  const entries = 1 + (INDEX_WRITES.create_cart ?? 0)
  return cart_bytes_by === 'units' ? plus(measured, OVERHEAD_BYTES * entries) : measured
}

function plus(measured: Measured | null, more: number): Measured | null {
  return measured === null ? null : { ...measured, value: measured.value + more }
}
