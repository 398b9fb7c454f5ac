import type { Side } from '../cart/residence.ts'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import type { CartStore } from '../store/cart-store.ts'
import type { HomeOptions } from '../store/dynamodb/home-endpoints.ts'
import { leaseOf } from '../store/moving/lease.ts'
import type { MovingParts } from '../store/moving/moving-parts.ts'
import { openPhasedStore, type PhasedStore } from '../store/moving/phased-store.ts'
import { destinationOf, openPair, openStore, requireDestination } from '../store/open-store.ts'
import type { MoveRecord } from '../store/residences.ts'
import type { StoreEvents } from '../store/store-events.ts'

export interface ServiceStoreOptions {
  readonly migrate: boolean
  readonly events: StoreEvents
  /** Receives failures to renew the lease of a move. */
  readonly failed: (error: unknown) => void
  /** Receives each cart that this instance has brought to the other database. */
  readonly arrived: (at: Side) => void
  readonly parts?: MovingParts | undefined
  readonly homes?: HomeOptions | undefined
}

/**
 * The store of the service: with `MOVE_TO_CART_STORE_TYPE` one that takes part in a move, otherwise the plain store, with
 * nothing in between.
 *
 * @throws ConfigError when the database has another role in a move than the settings say; otherwise as `openStore` does
 */
export async function openServiceStore(
  config: Config,
  { migrate, events, failed, arrived, parts, homes }: ServiceStoreOptions,
): Promise<CartStore> {
  const takesPart = destinationOf(config) !== undefined
  if (takesPart) await requireDestination(config)
  const plain = await openStore(config, { migrate, events, homes })
  try {
    requireRole(await plain.residences.control.read(), takesPart)
    if (!takesPart) return plain
    const withEvents = () => openPair(config, events)
    return await openPhasedStore({
      plain,
      openPair: withEvents,
      failed,
      events: { arrived },
      times: leaseOf(config.MOVE_LEASE_MS),
      ...(parts !== undefined && { parts }),
    })
  } catch (error) {
    await plain.close()
    throw error
  }
}

/** Refuses a database that is not what the settings take it for. */
function requireRole(record: MoveRecord | undefined, takesPart: boolean): void {
  if (record === undefined || record.phase === 'stay') return
  const { role, phase, peer } = record
  if (role === 'destination' && phase !== 'moved')
    throw new ConfigError(
      `This database is the destination of a move from ${peer} that has not finished (phase ${phase}): CART_STORE_TYPE and its settings must name the source, and MOVE_TO_* this database`,
    )
  if (role === 'source' && phase !== 'moved' && !takesPart)
    throw new ConfigError(
      `Carts are being moved from this database to ${peer} (phase ${phase}): set MOVE_TO_CART_STORE_TYPE and its settings`,
    )
  if (role === 'source' && phase === 'moved' && !takesPart)
    throw new ConfigError(
      `The carts of this database have moved to ${peer}: CART_STORE_TYPE and its settings must name that database`,
    )
}

/** The phase by which this instance acts; `undefined` for a store that takes no part in a move. */
export function moveStateOf(store: CartStore): ReturnType<PhasedStore['state']> | undefined {
  return 'state' in store ? (store as PhasedStore).state() : undefined
}
