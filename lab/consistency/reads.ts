import type { CartItem } from '../http/cart-api.ts'
import { round2 } from '../stats/round.ts'
import { pauseUntil, type ScenarioContext } from './scenario.ts'

export const READ_ATTEMPTS = 5
export const READ_INTERVAL_MS = 10
const SETTLE_INTERVAL_MS = 20

/** What a read showed: the cart's items, `null` for a cart that was not found. */
export type Seen = readonly CartItem[] | null

/** One read. A 404 is an answer ("not there", perhaps not yet); everything else but a cart is an error. */
export async function readCart(
  { api }: ScenarioContext,
  cartId: string,
): Promise<{ seen: Seen } | { error: string }> {
  const { status, items, error } = await api.getCart(cartId)
  if (items !== null) return { seen: items }
  return status === 404 ? { seen: null } : { error: `read: ${error ?? 'no cart'}` }
}

/** What the reads after a write showed. */
export interface Reads {
  readonly attempts: number
  readonly consistent: number
  /** See `delays_ms` of CreateThenReadRecord. */
  readonly delaysMs: (number | null)[]
  readonly problems: string[]
}

/**
 * Five reads, sent 0, 10, 20, 30 and 40 ms after the write's answer had arrived, or as soon as the read
 * before is answered where that takes longer: so two databases are asked at the same ages of a write.
 * If the last one still misses the write, it goes on reading until the write shows or `settleMs` have
 * passed; only then is the write called lost. Those further reads do not count.
 */
export async function readAfterWrite(
  context: ScenarioContext,
  cartId: string,
  shows: (seen: Seen) => boolean,
): Promise<Reads> {
  const acknowledged = performance.now()
  const delaysMs: (number | null)[] = []
  const problems: string[] = []
  let missed = false
  for (let attempt = 0; attempt < READ_ATTEMPTS && !context.signal?.aborted; attempt++) {
    await pauseUntil(acknowledged + attempt * READ_INTERVAL_MS, context.signal)
    const read = await readCart(context, cartId)
    const consistent = 'seen' in read && shows(read.seen)
    missed = 'seen' in read && !consistent
    delaysMs.push(consistent ? round2(performance.now() - acknowledged) : null)
    if ('error' in read) problems.push(read.error)
  }
  if (missed && !(await settle(context, cartId, shows)).settled)
    problems.unshift(`lost: the write was not visible after ${context.settleMs} ms`)
  const consistent = delaysMs.filter((delay) => delay !== null).length
  return { attempts: delaysMs.length, consistent, delaysMs, problems }
}

/**
 * Reads until `isSettled` holds of what was seen or `settleMs` have passed, at least once. Adds only ever
 * add, so an acknowledged one that a late enough read does not show is lost, not merely stale.
 *
 * @returns the last thing seen (`undefined` when no read was answered) and the last error
 */
export async function settle(
  context: ScenarioContext,
  cartId: string,
  isSettled: (seen: Seen) => boolean,
): Promise<{ settled: boolean; seen: Seen | undefined; error?: string }> {
  const deadline = performance.now() + context.settleMs
  let seen: Seen | undefined
  let failure: { error?: string } = {}
  for (;;) {
    const read = await readCart(context, cartId)
    if ('error' in read) failure = read
    else {
      seen = read.seen
      if (isSettled(seen)) return { settled: true, seen }
    }
    if (context.signal?.aborted || performance.now() >= deadline)
      return { settled: false, seen, ...failure }
    await pauseUntil(performance.now() + SETTLE_INTERVAL_MS, context.signal)
  }
}

/** Units of a product in what was seen. A service may keep several lines of one product: all count. */
export function unitsOf(seen: Seen, productId: number): number {
  return (seen ?? [])
    .filter((item) => String(item.product_id) === String(productId))
    .reduce((units, item) => units + item.quantity, 0)
}
