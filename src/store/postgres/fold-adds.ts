import type { NewLine } from '../../cart/cart.ts'
import { KEY_LIFETIME_MS, KEYS_LEFT, MOST_KEYS } from '../../cart/idempotency.ts'
import { idKey } from '../../cart/ids.ts'
import type { ChangeTerms } from '../../cart/rules.ts'

/** One call of `addLines` of a cart that may exist. */
export interface Add {
  readonly cartId: string
  readonly lines: readonly NewLine[]
  readonly terms: ChangeTerms
}

/** The adds of one cart, folded into one: adds commute, and the n-th of them makes the n-th version. */
export interface FoldedCart {
  readonly cartId: string
  readonly adds: Add[]
  readonly keys: FoldedKey[]
  readonly lines: Map<string, FoldedLine>
}

interface FoldedKey {
  readonly key: NonNullable<ChangeTerms['key']>
  /** Counted from 1. */
  readonly add: number
  readonly now: number
}

interface FoldedLine extends NewLine {
  readonly createdAt: number
  readonly updatedAt: number
}

/**
 * Adds folded by cart. What one statement cannot do right is left over, to be done after it: an add after which the
 * cart would have expired for another one, or whose key would have; the second add with a key (it is a replay of the
 * first); and of many keys those that could push out others of the same batch.
 */
export function foldAdds(adds: readonly Add[]): readonly FoldedCart[] {
  // Of all, also of those that will be left over: which of them will be folded is decided by it.
  const latest = latestOf(adds)
  const carts = new Map<string, FoldedCart>()
  for (const add of adds) {
    const { cartId, terms } = add
    const cart: FoldedCart = carts.get(cartId) ?? {
      cartId,
      adds: [],
      keys: [],
      lines: new Map(),
    }
    if (terms.expiresAt <= latest || !takesKey(cart, terms, latest)) continue
    carts.set(cartId, cart)
    cart.adds.push(add)
    if (terms.key !== undefined)
      cart.keys.push({ key: terms.key, add: cart.adds.length, now: terms.now })
    for (const line of add.lines) foldLine(cart.lines, line, terms.now)
  }
  return [...carts.values()]
}

function takesKey({ keys }: FoldedCart, { key, now }: ChangeTerms, latest: number): boolean {
  if (key === undefined) return true
  if (keys.length === KEYS_LEFT || now + KEY_LIFETIME_MS <= latest) return false
  return !keys.some((other) => other.key.id === key.id)
}

/** Name and price are those of the add that puts the product into the cart. */
function foldLine(lines: Map<string, FoldedLine>, line: NewLine, now: number): void {
  const product = idKey(line.productId)
  const before = lines.get(product)
  lines.set(product, {
    ...(before ?? { ...line, createdAt: now }),
    quantity: (before?.quantity ?? 0) + line.quantity,
    updatedAt: now,
  })
}

function latestOf(adds: readonly Add[]): number {
  return Math.max(...adds.map(({ terms }) => terms.now))
}

/**
 * The parameters of `ADD_BATCH`, in their order. Where the limits of adds differ, the lowest count: what they
 * keep out is looked at one by one.
 *
 * @param wait for carts that somebody else has locked, instead of leaving them out
 */
export function batchValues(carts: readonly FoldedCart[], wait: boolean): unknown[] {
  const adds = carts.flatMap((cart) => cart.adds)
  const last = carts.map((cart) => cart.adds.at(-1)?.terms)
  const lines = carts.flatMap(({ cartId, lines }) =>
    Array.from(lines, ([product, line]) => ({ cartId, product, line })),
  )
  const keys = carts.flatMap(({ cartId, keys }) => keys.map((each) => ({ cartId, ...each })))
  const lowest = (limit: keyof ChangeTerms['limits']) =>
    Math.min(...adds.map(({ terms }) => terms.limits[limit]))
  return [
    wait,
    // Of those that were folded: one that was left over says nothing about the carts of the others.
    latestOf(adds),
    carts.map((cart) => cart.cartId),
    carts.map((cart) => cart.adds.length),
    carts.map((cart) => cart.keys.length),
    last.map((terms) => terms?.now),
    last.map((terms) => terms?.expiresAt),
    lines.map((each) => each.cartId),
    lines.map((each) => each.product),
    lines.map(({ line }) => line.productName),
    lines.map(({ line }) => line.unitPrice),
    lines.map(({ line }) => line.quantity),
    lines.map(({ line }) => line.createdAt),
    lines.map(({ line }) => line.updatedAt),
    lowest('maxLineQuantity'),
    lowest('maxLines'),
    lowest('maxUnits'),
    keys.map((each) => each.cartId),
    keys.map(({ key }) => key.id),
    keys.map(({ key }) => key.fingerprint),
    keys.map(({ add }) => add),
    keys.map(({ now }) => now),
    KEY_LIFETIME_MS,
    MOST_KEYS,
    KEYS_LEFT,
  ]
}
