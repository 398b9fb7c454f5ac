import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LeaseTimes } from '../../store/moving/lease.ts'
import { moverId, moversOf } from '../../store/moving/movers.ts'
import { openRenewals } from '../../store/moving/renewals.ts'
import type { Member, MoveControl } from '../../store/residences.ts'

/** The share of one mover in the limit of all movers. */
export interface Share extends AsyncDisposable {
  /** Movers that share the limit, this one included. Registers again first if the lease of this one is over. */
  movers(): Promise<number>
}

export interface ShareOptions {
  /** Of the source. */
  readonly control: MoveControl
  readonly times: LeaseTimes
  readonly signal: AbortSignal
  /** Milliseconds of a monotonic timer. */
  readonly elapsed?: () => number
}

/**
 * Registers a mover in the source, with a lease. Resolves as soon as every other registered mover has counted it, or has lost
 * its lease: so all movers together never exceed the limit that each of them was given. Disposing gives the share up.
 *
 * @throws CartError when the source does not respond
 */
export async function openShare(options: ShareOptions): Promise<Share> {
  const { control, times, signal, elapsed = () => performance.now() } = options
  const id = moverId(randomUUID())
  const others = openOthers(id, options)
  let renewals = 0
  let sentAt = elapsed()
  let isCounted = false

  async function lookOnce(): Promise<void> {
    const sent = elapsed()
    // Its own lease is over, so the others may have stopped counting it.
    if (sent - sentAt > times.leaseMs) {
      isCounted = false
      others.forget()
    }
    renewals += 1
    await control.renew({ id, renewals, epoch: 0 })
    // After the renewal: whoever sees the next one knows that this mover has counted all that were there before.
    await others.see(await control.members())
    sentAt = sent
  }

  // A failure shows when a cart is to be moved.
  const looks = openRenewals(lookOnce, times.renewMs)

  /** Resolves when all others count this mover. */
  async function join(): Promise<void> {
    await looks.renew()
    while (!others.haveCounted()) {
      await sleep(times.renewMs / 2, undefined, { signal })
      await looks.renew()
    }
    isCounted = true
  }

  async function close(): Promise<void> {
    await looks.stop()
    await control.remove(id).catch(() => {})
  }

  try {
    await join()
  } catch (error) {
    await close()
    throw error
  }
  looks.begin()
  return {
    async movers() {
      if (elapsed() - sentAt > times.leaseMs) await looks.renew()
      if (!isCounted) await join()
      return 1 + others.count()
    },
    [Symbol.asyncDispose]: close,
  }
}

interface Other {
  /** Its renewals when this mover saw it first. */
  readonly first: number
  renewals: number
  /** When its last renewal was seen. */
  since: number
}

/** A look of another mover that began after this one registered has ended when its second renewal is seen. */
const LOOKS = 2

/** The other movers, as far as their leases last by the timer of this one. */
function openOthers(
  own: string,
  { control, times, elapsed = () => performance.now() }: ShareOptions,
) {
  const known = new Map<string, Other>()

  /** False if its lease is over. */
  function isAlive({ id, renewals }: Member): boolean {
    const now = elapsed()
    const other = known.get(id)
    if (other === undefined) known.set(id, { first: renewals, renewals, since: now })
    else if (other.renewals !== renewals) Object.assign(other, { renewals, since: now })
    else return now - other.since <= times.leaseMs + times.marginMs
    return true
  }

  return {
    count: () => known.size,
    forget: () => known.clear(),
    /** Whether every other mover has counted this one. */
    haveCounted: () =>
      [...known.values()].every(({ first, renewals }) => renewals >= first + LOOKS),
    async see(members: readonly Member[]): Promise<void> {
      const movers = moversOf(members).filter(({ id }) => id !== own)
      const ids = new Set(movers.map(({ id }) => id))
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id)
      for (const mover of movers) {
        if (isAlive(mover)) continue
        known.delete(mover.id)
        await control.remove(mover.id, mover.renewals)
      }
    },
  }
}
