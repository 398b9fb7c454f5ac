import type { Line } from '@pushcart/histories'
import type { Id } from '../../cart-api/api.ts'
import { round2 } from '../../stats/round.ts'
import { pauseUntil, type ScenarioContext } from './scenario.ts'

export const READ_ATTEMPTS = 5
export const READ_INTERVAL_MS = 10
const SETTLE_INTERVAL_MS = 20

/** What a read showed: the lines of the cart, `null` for a cart that was not found. */
export type Seen = readonly Line[] | null

/** One read. A 404 says that the cart is not visible, perhaps not yet; anything else but a cart is an error. */
export async function readCart(
  { client }: ScenarioContext,
  cart: string,
): Promise<{ seen: Seen } | { error: string }> {
  const { status, lines, error } = await client.send('get', { cart })
  if (lines !== null) return { seen: lines }
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
 * Five reads, sent 0, 10, 20, 30 and 40 ms after the response to the write had arrived, or as soon as the previous read
 * ends where that takes longer: two databases are read at the same ages of a write. If the last one still misses the
 * write, further reads, which do not count, follow until the write is visible or `settleMs` have passed; only then is
 * the write called lost.
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
 * Reads at least once, until `isSettled` is true of what was seen or `settleMs` have passed. Nothing is removed from
 * these carts, so an acknowledged add that a late enough read does not show is lost, not merely stale.
 *
 * @returns what was last seen (`undefined` when no read succeeded) and the last error
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

/** Units of a product in what was seen. A service may keep several lines of one product: they are added up. */
export function unitsOf(seen: Seen, productId: Id): number {
  return (seen ?? [])
    .filter(([product]) => product === String(productId))
    .reduce((units, [, quantity]) => units + quantity, 0)
}
