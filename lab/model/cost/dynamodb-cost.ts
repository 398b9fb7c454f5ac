import { type CostFigure, derive, priced } from './figure.ts'
import type { CostInputs } from './inputs.ts'
import type { Prices } from './prices.ts'
import { HOURS_PER_MONTH } from './service-cost.ts'
import { perSecond } from './weighted-sum.ts'

const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600

/**
 * The cost of the table: consumed units on demand, storage, point-in-time recovery. With several regions every cart is
 * kept in two of them (a global table), so writes are billed twice, at the price of replicated writes.
 */
export function dynamodbCost(
  { traffic, carts, dynamodb, deployment }: CostInputs,
  prices: Prices,
): { readonly derived: readonly CostFigure[]; readonly billed: readonly CostFigure[] } {
  const { regions, read_consistency, backup_days } = deployment
  const copies = regions > 1 ? 2 : 1
  const unit = `${prices.currency}/month`
  const writes = perSecond(
    { id: 'dynamodb.write_units', title: 'Write units per region', unit: 'units/s' },
    traffic,
    dynamodb.write_units,
    regions,
  )
  const reads = perSecond(
    {
      id: 'dynamodb.read_units',
      title: `Read units per region, ${read_consistency} reads`,
      unit: 'units/s',
    },
    traffic,
    dynamodb.read_units[read_consistency],
    regions,
  )
  const data = derive({
    id: 'dynamodb.data',
    title: 'Data in all regions',
    unit: 'GB',
    formula: 'carts * cart_bytes * copies / 1000000000',
    inputs: { carts, cart_bytes: dynamodb.cart_bytes ?? 0, copies },
  })
  const consumed = { regions, seconds: SECONDS_PER_MONTH }
  const writePrice = regions > 1 ? 'dynamodb.replicated_write_units' : 'dynamodb.write_units'
  return {
    derived: [writes, reads, data],
    billed: [
      derive({
        id: 'dynamodb.writes',
        title: 'Writes',
        unit,
        formula: 'write_units * copies * regions * seconds / 1000000 * price',
        inputs: { write_units: writes.value, copies, ...consumed },
        prices: { price: priced(writePrice, prices) },
      }),
      derive({
        id: 'dynamodb.reads',
        title: 'Reads',
        unit,
        formula: 'read_units * regions * seconds / 1000000 * price',
        inputs: { read_units: reads.value, ...consumed },
        prices: { price: priced('dynamodb.read_units', prices) },
      }),
      derive({
        id: 'dynamodb.storage',
        title: 'Storage',
        unit,
        formula: 'data * price',
        inputs: { data: data.value },
        prices: { price: priced('dynamodb.storage', prices) },
      }),
      derive({
        id: 'dynamodb.backups',
        title: 'Backups',
        unit,
        formula: 'data * on * price',
        inputs: { data: data.value, on: backup_days > 0 ? 1 : 0 },
        prices: { price: priced('dynamodb.backup', prices) },
      }),
    ],
  }
}
