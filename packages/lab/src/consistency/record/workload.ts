import type { Kind, Operation, ReadMode } from '@pushcart/histories'
import type { Random } from '../../random/random.ts'
import type { Abilities } from './abilities.ts'
import type { Invocation } from './invocation.ts'

/** How often each kind is drawn, of 100. */
const MIX: Readonly<Partial<Record<Kind, number>>> = {
  get: 40,
  add: 36,
  set: 5,
  remove: 6,
  empty: 1,
  merge: 3,
  checkout: 4,
  delete: 1,
  list: 4,
}

/** Adds use all products; sets and removes only the upper half. */
export const PRODUCTS = 8
const GROWING = PRODUCTS / 2

/** A cart that clients work on. */
export interface OpenCart {
  readonly id: string
  readonly customer: string
  /** Operations drawn for it so far. */
  uses: number
}

/**
 * Draws the next operation of one client on a cart, among those that the service supports. The lower half of the products
 * is only ever added to: without versions, their quantities show what a read has seen.
 */
export interface Workload {
  /** @param seen the highest version of the cart that the session knows of */
  draw(cart: OpenCart, open: readonly OpenCart[], seen: number | undefined): Invocation
  /** Whether a change gets an idempotency key. */
  keyed(): boolean
  /** Whether a change is sent twice concurrently, like a double click. */
  doubled(): boolean
  pauseMs(most: number): number
  /** One of `count` things. */
  pick(count: number): number
}

/** @param alwaysKeyed whether every change gets a key, if the service knows keys */
export function openWorkload(
  random: Random,
  abilities: Abilities,
  { alwaysKeyed }: { readonly alwaysKeyed: boolean },
): Workload {
  const deck = Object.entries(MIX).flatMap(([kind, count]) =>
    abilities.kinds.includes(kind as Kind) ? Array<Kind>(count).fill(kind as Kind) : [],
  )
  const pick = (count: number) => random.integer(0, Math.max(0, count - 1))
  const growing = () => String(random.integer(1, GROWING))
  const any = () => String(random.integer(GROWING + 1, PRODUCTS))

  function drawLines(quantity: number): NonNullable<Operation['lines']> {
    if (!abilities.batches || random.fraction() < 0.8)
      return [[random.fraction() < 0.6 ? growing() : any(), quantity]]
    const first = random.integer(1, PRODUCTS - 2)
    return [0, 1, 2].map((more) => [String(first + more), quantity] as const)
  }

  function drawMode(): ReadMode {
    if (!abilities.modes) return 'strong'
    const mode = (['strong', 'strong', 'session', 'eventual'] as const)[pick(4)] ?? 'strong'
    return mode === 'session' && !abilities.sessions ? 'eventual' : mode
  }

  function get(cart: string, seen: number | undefined): Invocation {
    const read = drawMode()
    return { kind: 'get', cart, read, min_version: read === 'session' ? (seen ?? 1) : undefined }
  }

  /** Some changes are conditional on the version that the session has seen. */
  function condition(seen: number | undefined): Pick<Invocation, 'if_version'> {
    const conditional = abilities.conditional && seen !== undefined && random.fraction() < 0.3
    return conditional ? { if_version: [seen] } : {}
  }

  return {
    draw({ id: cart, customer }, open, seen) {
      const kind = deck[pick(deck.length)] ?? 'get'
      const quantity = random.integer(1, 5)
      switch (kind) {
        case 'get':
          return get(cart, seen)
        case 'add':
          return { kind, cart, lines: drawLines(quantity) }
        case 'set':
          return { kind, cart, lines: [[any(), quantity]], ...condition(seen) }
        case 'remove':
          return { kind, cart, product: any(), ...condition(seen) }
        case 'merge': {
          const source = open[pick(open.length)]
          if (source === undefined || source.id === cart) return get(cart, seen)
          // Half of them are sums, the only strategy whose outcome shows in the quantities alone.
          const { strategies } = abilities
          const strategy = random.fraction() < 0.5 ? 'sum' : strategies[pick(strategies.length)]
          return { kind, cart, from: source.id, strategy: strategy ?? 'sum' }
        }
        case 'list':
          return { kind, cart: '', customer, read: abilities.modes ? 'eventual' : 'strong' }
        default:
          return { kind, cart, ...condition(seen) }
      }
    },
    keyed: () => abilities.keys && (alwaysKeyed || random.fraction() < 0.8),
    doubled: () => random.fraction() < 0.03,
    pauseMs: (most) => random.fraction() * most,
    pick,
  }
}
