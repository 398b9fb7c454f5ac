import type { HistoryHeader, Operation } from '@pushcart/histories'
import { type CartClient, openCartClient } from '../../cart-api/cart-client.ts'
import { type Abilities, probeAbilities } from '../../consistency/record/abilities.ts'
import type { Traffic } from '../protocol.ts'
import { type Shoppers, startShoppers } from '../shopping/shoppers.ts'
import type { LiveSide } from '../sides/side.ts'

/** A service with its shoppers. Disposing ends them. */
export interface Actor extends AsyncDisposable {
  readonly side: LiveSide
  readonly abilities: Abilities
  readonly header: HistoryHeader
  readonly shoppers: Shoppers
  /** For clicks. */
  client: CartClient
  /** What shoppers did since the last call. */
  takeTally(): Traffic
}

export interface ActorOptions {
  readonly side: LiveSide
  /** Customers of different places are different. */
  readonly place: number
  readonly seed: number
  /** `process.hrtime.bigint()` when the page's server started. */
  readonly started: bigint
  readonly onCart: (header: HistoryHeader, operations: readonly Operation[]) => void
}

/** The page can send a burst of clicks. */
const CLICK_CONNECTIONS = 24

const EMPTY: Traffic = { ok: 0, refused: 0, unknown: 0, latency: [], errors: {} }

/** @throws UnusableService when the side is no cart service */
export async function openActor(options: ActorOptions): Promise<Actor> {
  const { side, place, seed, started, onCart } = options
  const client = openClient(side)
  const customers = 1_000_000 * (place + 1) + Math.floor(Math.random() * 900_000) * 1000
  let abilities: Abilities
  try {
    abilities = await probeAbilities(client, String(customers))
  } catch (error) {
    await client.close()
    throw error
  }
  const header: HistoryHeader = {
    format: 'pushcart-history',
    format_version: 1,
    seed,
    service: {
      name: `${side.info.label}${side.info.emulator ? ' (emulator)' : ''}`,
      versions: abilities.versions,
      opaque_versions: abilities.opaqueVersions || undefined,
      keys: abilities.keys,
    },
    faults: [],
  }
  let tally = EMPTY
  const shoppers = startShoppers({
    side,
    abilities,
    seed,
    started,
    customers,
    onTally(more) {
      tally = addTallies(tally, more)
    },
    onCart: (operations) => onCart(header, operations),
  })
  const actor: Actor = {
    side,
    abilities,
    header,
    shoppers,
    client,
    takeTally() {
      const taken = tally
      tally = EMPTY
      return taken
    },
    async [Symbol.asyncDispose]() {
      await shoppers[Symbol.asyncDispose]()
      await actor.client.close()
    },
  }
  return actor
}

/** A client for clicks. */
export function openClient(side: LiveSide): CartClient {
  return openCartClient(side.clickUrl(), { connections: CLICK_CONNECTIONS, access: side.access })
}

function addTallies(a: Traffic, b: Traffic): Traffic {
  const latency = new Map(a.latency)
  for (const [bucket, count] of b.latency) latency.set(bucket, (latency.get(bucket) ?? 0) + count)
  const errors = { ...a.errors }
  for (const [code, count] of Object.entries(b.errors)) errors[code] = (errors[code] ?? 0) + count
  return {
    ok: a.ok + b.ok,
    refused: a.refused + b.refused,
    unknown: a.unknown + b.unknown,
    latency: [...latency],
    errors,
  }
}
