import { openExchange } from '../http/exchange.ts'
import { watchService } from '../services/watch-service.ts'
import { PROBE_LINES, type ProductId } from './probe-steps.ts'

/** A write unit pays for so many bytes of an item, or a part of them. */
const UNIT_BYTES = 1024
/** With fewer steps than these the size of a line is too uncertain. */
const LEAST_STEPS = 3

/**
 * Bytes of a cart of five lines as DynamoDB bills them, found from outside: one cart grows line by line, and each time an add
 * consumes a write unit more, its item has passed another 1,024 bytes. The lines between the first and the last such
 * step give the size of one line; the first step then gives the rest of the item, within half a line.
 *
 * @param products as many different ones as the cart is to have lines
 * @returns `null` where no units are told, or where the cart cannot grow far enough
 */
export async function billedSize(
  url: string,
  products: readonly ProductId[],
  signal?: AbortSignal,
): Promise<number | null> {
  const exchange = openExchange(url, { signal })
  try {
    const { body } = await exchange.send('POST', '/shopping-carts', { customer_id: 1 })
    const id = (body as { shopping_cart_id?: unknown } | null | undefined)?.shopping_cart_id
    const units: number[] = []
    for (const product_id of products) {
      const finish = await watchService({ url })
      const path = `/shopping-carts/${encodeURIComponent(String(id))}/items`
      const { status } = await exchange.send('POST', path, { product_id, quantity: 1 })
      const { write_units } = await finish()
      if (status !== 204 || write_units === null) break
      units.push(write_units)
    }
    return sizeFrom(units)
  } finally {
    await exchange.close()
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
  if (first === undefined || last === undefined || steps.length < LEAST_STEPS) return null
  const line = (last.bytes - first.bytes) / (last.lines - first.lines)
  // The step was somewhere within the line that was added.
  return Math.max(0, Math.round(first.bytes - line * (first.lines - 0.5 - PROBE_LINES)))
}
