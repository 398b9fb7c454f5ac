import type { Kind, Operation, ReadMode } from '@pushcart/histories'
import type { Random } from '../../random/random.ts'
import type { Abilities } from './abilities.ts'
import type { Invocation } from './invocation.ts'

/** How often each kind is drawn, of 100. */
const MIX: KindMix = {
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

/** Products of a recording, at most. Adds use all of them; sets and removes only the second half. */
export const PRODUCTS = 8

/** A cart that clients work on. */
export interface OpenCart {
  readonly id: string
  readonly customer: string
  /** Operations drawn for it so far. */
  uses: number
}

/**
 * Draws the next operation of one client on a cart, among those that the service supports. The first half of the products
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
  /** True with this probability; draws nothing for 0. */
  chance(share: number): boolean
  /** One of `count` things. */
  pick(count: number): number
}

export interface WorkloadOptions {
  /** Whether every change gets a key, if the service knows keys. */
  readonly alwaysKeyed: boolean
  /** At least two. */
  readonly products: readonly string[]
  /** Adds are of one unit each. */
  readonly singleUnits: boolean
  /** How often each kind is drawn, of 100; by default that of recordings. */
  readonly mix?: KindMix | undefined
}

export type KindMix = Readonly<Partial<Record<Kind, number>>>

export function openWorkload(
  random: Random,
  abilities: Abilities,
  { alwaysKeyed, products, singleUnits, mix: wanted = MIX }: WorkloadOptions,
): Workload {
  const has = (kind: Kind) => abilities.kinds.includes(kind)
  // Where an add sets the quantity, there are only sets.
  const mix = has('add') || wanted.add === undefined ? wanted : { ...wanted, set: wanted.add }
  const deck = Object.entries(mix).flatMap(([kind, count]) =>
    has(kind as Kind) ? Array<Kind>(count).fill(kind as Kind) : [],
  )
  const maxAdded = singleUnits ? 1 : 5
  const half = Math.floor(products.length / 2)
  const at = (index: number) => products[index] ?? '1'
  const pick = (count: number) => random.integer(0, Math.max(0, count - 1))
  const growing = () => at(random.integer(0, half - 1))
  const any = () => at(random.integer(half, products.length - 1))

  function drawLines(quantity: number): NonNullable<Operation['lines']> {
    if (!abilities.batches || random.fraction() < 0.8)
      return [[random.fraction() < 0.6 ? growing() : any(), quantity]]
    const count = Math.min(3, products.length)
    const first = random.integer(0, products.length - count)
    return products.slice(first, first + count).map((product) => [product, quantity] as const)
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

  /** Half of them are sums, the only strategy whose outcome shows in the quantities alone. */
  function drawStrategy() {
    const { strategies } = abilities
    return (random.fraction() < 0.5 ? 'sum' : strategies[pick(strategies.length)]) ?? 'sum'
  }

  /** Some changes are conditional on the version that the session has seen. */
  function condition(seen: number | undefined): Pick<Invocation, 'if_version'> {
    const conditional = abilities.conditional && seen !== undefined && random.fraction() < 0.3
    return conditional ? { if_version: [seen] } : {}
  }

  return {
    draw({ id: cart, customer }, open, seen) {
      const kind = deck[pick(deck.length)] ?? 'get'
      const quantity = random.integer(1, kind === 'add' ? maxAdded : 5)
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
          return { kind, cart, from: source.id, strategy: drawStrategy() }
        }
        case 'list':
          return { kind, cart: '', customer, read: abilities.modes ? 'eventual' : 'strong' }
        default:
          return { kind, cart, ...condition(seen) }
      }
    },
    keyed: () => abilities.keys && (alwaysKeyed || random.fraction() < 0.8),
    doubled: () => random.fraction() < 0.03,
    chance: (share) => share > 0 && random.fraction() < share,
    pauseMs: (most) => random.fraction() * most,
    pick,
  }
}
