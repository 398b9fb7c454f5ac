import { setTimeout as sleep } from 'node:timers/promises'
import { InvalidRun } from '../invalid-run.ts'
import { type Totals, totals } from './seed.ts'

/** What a load saw acknowledged. */
export interface Acknowledged {
  /** Successful requests or transactions. */
  readonly count: number
  /** Maximum of further changes: requests in flight when the generator disconnected. */
  readonly inFlight: number
}

/**
 * Throws InvalidRun unless the database holds every acknowledged change, and no change that was not requested. A
 * service that is fast because it loses writes must not win.
 *
 * @param change of one unit each: an add, or a create
 */
export async function checkAcknowledged(
  url: string,
  before: Totals,
  change: 'add' | 'create',
  acknowledged: Acknowledged,
): Promise<void> {
  const after = await settled(url)
  const found =
    change === 'add'
      ? (['changes', 'units', 'quantities'] as const).map((sum) => after[sum] - before[sum])
      : [after.carts - before.carts]
  const problem = mismatch(found, acknowledged)
  if (problem !== undefined) throw new InvalidRun(problem)
}

/** One line if the sums differ from each other or from the acknowledged changes. */
export function mismatch(
  found: readonly number[],
  { count, inFlight }: Acknowledged,
): string | undefined {
  const [first = 0] = found
  if (found.some((sum) => sum !== first))
    return `the database contradicts itself: ${found.join(', ')} changes by versions, units and lines`
  if (first < count) return `${count} changes were acknowledged, the database holds only ${first}`
  if (first > count + inFlight)
    return `${count} changes were acknowledged and ${inFlight} in flight, the database holds ${first}`
  return undefined
}

/** Requests in flight when the generator disconnected may still be applied; after that the sums are stable. */
async function settled(url: string): Promise<Totals> {
  let seen = await totals(url)
  for (;;) {
    await sleep(100)
    const next = await totals(url)
    if (next.changes === seen.changes && next.carts === seen.carts) return next
    seen = next
  }
}
