import type { Id } from '../../cart-api/api.ts'
import { openCartClient } from '../../cart-api/cart-client.ts'
import { type Watched, watchService } from '../../services/watch-service.ts'
import { PROBE_LINES } from './probe-steps.ts'

/** A write unit pays for so many bytes of an item, rounded up. */
const UNIT_BYTES = 1024
/** With fewer steps than these the size of a line is too uncertain. */
const MIN_STEPS = 3

/**
 * Bytes of a cart of five lines as DynamoDB bills them, found from outside: one cart grows line by line, and each time an
 * add consumes one more write unit, its item has passed another 1,024 bytes. The lines between the first and the last
 * such step give the size of one line; the first step then gives the rest of the item, within half a line.
 *
 * @param products one for each line that the cart is to have, all different
 * @returns `null` where no units are reported, or where the cart cannot grow far enough
 */
export async function billedSize(
  { url, access }: Watched,
  products: readonly Id[],
  signal?: AbortSignal,
): Promise<number | null> {
  const client = openCartClient(url, { signal, access })
  try {
    const { cartId } = await client.send('create', { customer: 1 })
    const units: number[] = []
    for (const product of cartId === null ? [] : products) {
      const finish = await watchService({ url, access })
      const { error } = await client.send('add', { cart: cartId ?? '', product, quantity: 1 })
      const { write_units } = await finish()
      if (error !== undefined || write_units === null) break
      units.push(write_units)
    }
    return sizeFrom(units)
  } finally {
    await client.close()
  }
}

/** @param units write units that the add of each line consumed, from the first line on */
export function sizeFrom(units: readonly number[]): number | null {
  const steps = units.flatMap((consumed, line) =>
    line > 0 && consumed > (units[line - 1] ?? 0)
      ? [{ lines: line + 1, bytes: UNIT_BYTES * (consumed - 1) }]
      : [],
  )
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined || steps.length < MIN_STEPS) return null
  const line = (last.bytes - first.bytes) / (last.lines - first.lines)
  // The step lies somewhere within the line that was added.
  return Math.max(0, Math.round(first.bytes - line * (first.lines - 0.5 - PROBE_LINES)))
}
