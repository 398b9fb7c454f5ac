import type { Measurement, Missing } from '../../model/terms/missing.ts'
import { STORE_NAMES } from '../../model/terms/stores.ts'
import type { OperationKind } from '../../results/operation-kinds.ts'
import { operationWords } from '../load/words.ts'

const MEASUREMENTS: Readonly<Record<Measurement, string>> = {
  service_cpu: 'CPU of the service',
  database_cpu: 'CPU of the database',
  write_units: 'write units',
  read_units_strong: 'units of strong reads',
  read_units_eventual: 'units of eventual reads',
  cart_bytes: 'bytes per cart',
  latency: 'latency',
  success_rate: 'success rate',
  no_lost_add: 'lost adds',
}

/** Such as `DynamoDB: write units (create a cart, add items)`. */
export function missingWords({ store, what, kinds }: Missing): string {
  const of = kinds.length === 0 ? '' : ` (${kinds.map(kindWords).join(', ')})`
  return `${STORE_NAMES[store]}: ${MEASUREMENTS[what]}${of}`
}

/** Such as `add items`. */
export function kindWords(kind: OperationKind): string {
  return kind === 'list_carts' ? 'list carts' : operationWords(kind).title.toLowerCase()
}
