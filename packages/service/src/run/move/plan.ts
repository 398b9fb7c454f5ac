import { isVisible } from '../../cart/cart.ts'
import type { Pair } from '../../store/moving/pair.ts'
import { unitsAt } from './mover.ts'
import { eachRecord } from './records.ts'

/** What a move would do. */
export interface Plan {
  readonly source: string
  readonly destination: string
  /** Carts and orders to move, and those that are in the destination already. */
  readonly carts: number
  readonly moved: number
  readonly sealed: number
  readonly expired: number
  /** Bytes of all carts to move, in the destination, and the largest. */
  readonly bytes: number
  readonly largest: number
  /** Carts that do not fit into the destination: they stay in the source. */
  readonly tooLarge: readonly string[]
  /** Write units on each side; `null` for PostgreSQL, which has none. */
  readonly writeUnits: { readonly source: number | null; readonly destination: number | null }
  /** Hours at the given rates; `null` without a rate. */
  readonly hours: number | null
}

export interface Rates {
  readonly carts?: number | undefined
  readonly units?: number | undefined
}

/** Reads the whole source and changes nothing. */
export async function plan(
  pair: Pair,
  now: number,
  rates: Rates,
  signal: AbortSignal,
): Promise<Plan> {
  const { source, destination } = pair
  const counts = { carts: 0, moved: 0, sealed: 0, expired: 0, bytes: 0, largest: 0 }
  const tooLarge: string[] = []
  let paced = 0
  const units = { source: 0, destination: 0 }
  await eachRecord(pair, 'source', { workers: 1, signal }, async (cartId, record) => {
    if (record.at === 'away') counts.moved += 1
    if (record.at !== 'here' && record.at !== 'sealed') return
    if (record.at === 'here' && !isVisible(record.state, now)) {
      counts.expired += 1
      return
    }
    const size = destination.residences.sizeOf(record.state)
    if (size > destination.residences.maxSize) {
      tooLarge.push(cartId)
      return
    }
    counts.carts += 1
    if (record.at === 'sealed') counts.sealed += 1
    counts.bytes += size
    counts.largest = Math.max(counts.largest, size)
    paced += unitsAt(destination, record.state)
    units.source += source.residences.unitsOf(record.state)?.departure ?? 0
    units.destination += destination.residences.unitsOf(record.state)?.arrival ?? 0
  })
  const seconds = Math.max(
    rates.carts === undefined ? 0 : counts.carts / rates.carts,
    rates.units === undefined ? 0 : paced / rates.units,
  )
  return {
    source: source.kind,
    destination: destination.kind,
    ...counts,
    tooLarge,
    writeUnits: {
      source: source.kind === 'dynamodb' ? units.source : null,
      destination: destination.kind === 'dynamodb' ? units.destination : null,
    },
    hours: rates.carts === undefined && rates.units === undefined ? null : seconds / 3600,
  }
}
