import { createHash } from 'node:crypto'
import { type HomeMap, type Homes, openHomes, PAUSED } from '../../../../service/src/cart/homes.ts'
import { derivedCartId } from '../../../../service/src/cart/ids.ts'
import { currencyOf } from '../../../../service/src/cart/money.ts'
import { markedCartId } from '../../../../service/src/cart/region-mark.ts'
import { readCart } from '../../../../service/src/http/routes/read-cart.ts'
import type { CartStore } from '../../../../service/src/store/cart-store.ts'
import { clientOver } from '../../../../service/src/store/dynamodb/client.ts'
import { storeOver } from '../../../../service/src/store/dynamodb/dynamo-store.ts'
import { openHomedTransport } from '../../../../service/src/store/dynamodb/homed-transport.ts'
import { NO_EVENTS } from '../../../../service/src/store/store-events.ts'
import type { Completion } from '../../../src/consistency/record/completion.ts'
import type { Invocation } from '../../../src/consistency/record/invocation.ts'
import { invoke } from '../../move/simulate/invoke.ts'
import { TABLE } from './table.ts'
import type { Region, World } from './world.ts'

/** How requests for carts with another home are executed, as `HOME_REQUESTS`. */
export type Requests = 'proxy' | 'table'

/** An instance of the service in a region. */
export interface Instance {
  readonly name: string
  readonly region: Region
  execute(invocation: Invocation, moment: number, hop?: boolean): Promise<Completion>
  /** Replaces the task by one with that map. */
  restart(map: HomeMap): void
  /** It serves nothing any more: what it was about to do does not happen. */
  stop(): void
  /** Compares its map with that of another instance, as `run/home-watch.ts` does. */
  compare(other: Instance): Promise<void>
  readonly map: HomeMap | undefined
}

export interface InstanceOptions {
  readonly name: string
  readonly region: Region
  /** Without it, carts have no homes. */
  readonly map: HomeMap | undefined
  readonly requests: Requests
  /** The instances of that region, of which its load balancer picks one. */
  readonly peers: (region: string) => readonly Instance[]
}

interface Task {
  readonly store: CartStore
  readonly homes: Homes | undefined
  isStopped: boolean
}

const UNKNOWN = { status: 'info' } as const

export function openInstance(
  world: World,
  { name, region, map, requests, peers }: InstanceOptions,
): Instance {
  const { scheduler } = world
  let made = 0
  let task = start(map)

  function start(its: HomeMap | undefined): Task {
    const homes = its && seeded(openHomes(region.name, its), Object.keys(its.homes))
    const started: Task = { isStopped: false, homes, store: undefined as never }
    const others = world.regions.filter((other) => other !== region)
    const own = world.transport(region, region)
    const elsewhere = others.map((other) => [other.name, world.transport(region, other)] as const)
    const open = homes === undefined ? own : openHomedTransport(homes, own, new Map(elsewhere))
    const client = clientOver(
      {
        ...open,
        request: async (operation, input) => {
          // A stopped task sends nothing more, and never goes on.
          if (started.isStopped) await new Promise(() => {})
          return open.request(operation, input)
        },
      },
      {
        tableName: TABLE,
        tableId: TABLE,
        legacyCurrency: currencyOf('USD'),
        events: NO_EVENTS,
        homes,
        attempts: 3,
        maxWaitMs: 5000,
      },
    )
    const store = storeOver(client, { emulator: true, hasHomes: homes !== undefined })
    return Object.assign(started, { store })
  }

  /** New ids follow from their number, so that a seed gives the same history. */
  function seeded(homes: Homes, names: readonly string[]): Homes {
    const others = names.filter((other) => other !== region.name)
    const newId = () => derivedCartId(createHash('sha256').update(`${name} ${made++}`).digest())
    return { ...homes, newCartId: (now) => markedCartId(now, region.name, others, newId) }
  }

  async function local({ store, homes }: Task, invocation: Invocation, moment: number) {
    const { kind, cart, read, min_version: minVersion = 0 } = invocation
    if (kind !== 'get' || read === 'strong') return invoke(store, invocation, moment)
    const mayBeOnItsWay = homes !== undefined && homes.homeOf(cart) !== region.name
    const options = { minVersion: read === 'session' ? minVersion : 0, mayBeOnItsWay }
    const reading = {
      ...store,
      getCart: (id: string, { now }: { readonly now: number }) =>
        readCart(store, id, { now, consistency: 'eventual' }, options),
    }
    return invoke(reading, invocation, moment)
  }

  return {
    name,
    region,
    get map() {
      return task.homes?.map
    },
    async execute(invocation, moment, hop = false) {
      const by = task
      if (by.isStopped) return { cart: invocation.cart, ...UNKNOWN }
      const home = isForHome(invocation)
        ? (by.homes?.homeOf(invocation.cart) ?? region.name)
        : region.name
      const isElsewhere = home !== region.name && home !== PAUSED && requests === 'proxy'
      if (!isElsewhere) return local(by, invocation, moment)
      const unknown = { cart: invocation.cart, ...UNKNOWN }
      // Two regions that disagree refuse it.
      if (hop) return unknown
      const there = peers(home)
      const peer = there[scheduler.random.integer(0, there.length - 1)]
      if (peer === undefined) return unknown
      const crossing = await world.across(() => peer.execute(invocation, moment, true), {
        repeatable: invocation.key !== undefined,
      })
      return crossing.met === 'answer' ? crossing.value : unknown
    },
    restart(next) {
      task = start(next)
    },
    stop() {
      task.isStopped = true
    },
    async compare(other) {
      const { homes, isStopped } = task
      if (homes === undefined || isStopped) return
      const crossing = await world.across(async () => other.map)
      if (crossing.met === 'answer' && crossing.value !== undefined)
        homes.heard(other.region.name, crossing.value)
    },
  }
}

/** As `isForHome` of `http/elsewhere/install.ts`: changes and strong reads of a cart. */
function isForHome({ kind, read }: Invocation): boolean {
  if (kind === 'create' || kind === 'list') return false
  return kind !== 'get' || read === 'strong'
}
