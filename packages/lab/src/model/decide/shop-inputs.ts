import type { PerKind } from '../../results/operation-kinds.ts'
import type { CostInputs } from '../cost/inputs.ts'
import type { Evidence } from './evidence.ts'
import { costInputs } from './model-inputs.ts'
import { demandOf, type Scenario } from './scenarios.ts'

/** Lines of the carts with which single operations were measured. */
const MEASURED_LINES = 5

/** Bytes of an item that one write unit and one strong read unit pay for (Developer Guide, on-demand capacity mode). */
const WRITE_BYTES = 1024
const READ_BYTES = 4096
/** Bytes that are billed beside the item: its overhead, and the index entry with its overhead. */
const BESIDE_ITEM_BYTES = 200

/** The cost model's input for a scenario: its demand, and the measured figures for carts of its size. */
export function shopInputs(evidence: Evidence, scenario: Scenario): CostInputs {
  return forLines(costInputs(evidence, demandOf(scenario)), scenario.shop.lines_per_cart)
}

/**
 * The figures of carts with `lines` lines, from those of carts with five. Bytes are proportional to lines. An add or a read
 * of a DynamoDB item consumes more units where the item is larger, on average over a cart that grows line by line. CPU is
 * left as measured.
 */
function forLines(inputs: CostInputs, lines: number): CostInputs {
  if (lines === MEASURED_LINES) return inputs
  const { postgres, dynamodb } = inputs
  const factor = lines / MEASURED_LINES
  const scaled = (bytes: number | null) => (bytes === null ? null : bytes * factor)
  const item = Math.max(0, (dynamodb.cart_bytes ?? 0) - BESIDE_ITEM_BYTES)
  const more = (bytesPerUnit: number) =>
    meanUnits(item / MEASURED_LINES, lines, bytesPerUnit) -
    Math.max(1, Math.ceil(item / bytesPerUnit))
  const plus = (each: PerKind, kind: 'add_items' | 'get_cart', units: number): PerKind =>
    each[kind] === undefined ? each : { ...each, [kind]: Math.max(0, each[kind] + units) }
  return {
    ...inputs,
    postgres: { ...postgres, cart_bytes: scaled(postgres.cart_bytes) },
    dynamodb: {
      ...dynamodb,
      cart_bytes: dynamodb.cart_bytes === null ? null : dynamodb.cart_bytes - item + item * factor,
      write_units: plus(dynamodb.write_units, 'add_items', more(WRITE_BYTES)),
      read_units: {
        strong: plus(dynamodb.read_units.strong, 'get_cart', more(READ_BYTES)),
        eventual: plus(dynamodb.read_units.eventual, 'get_cart', more(READ_BYTES) / 2),
      },
    },
  }
}

/** Units of an item of one to `lines` lines, averaged. */
function meanUnits(lineBytes: number, lines: number, bytesPerUnit: number): number {
  const each = Array.from({ length: lines }, (_, line) =>
    Math.max(1, Math.ceil(((line + 1) * lineBytes) / bytesPerUnit)),
  )
  return each.reduce((sum, units) => sum + units, 0) / lines
}
