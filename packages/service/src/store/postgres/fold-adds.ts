import type { NewLine } from '../../cart/cart.ts'
import { KEY_LIFETIME_MS, KEYS_LEFT, MAX_KEYS } from '../../cart/idempotency.ts'
import { lineKey } from '../../cart/line-key.ts'
import { isSameCurrency } from '../../cart/money.ts'
import type { ChangeTerms } from '../../cart/rules.ts'
import { plainArray, textArray } from './array-text.ts'

/** One call of `addLines`. */
export interface Add {
  readonly cartId: string
  readonly lines: readonly NewLine[]
  readonly terms: ChangeTerms
}

/** The adds of one cart in a batch as one change: adds commute, and the n-th add makes the n-th new version. */
export interface FoldedCart {
  readonly cartId: string
  readonly adds: Add[]
  readonly keys: FoldedKey[]
  /** By `lineKey`. */
  readonly lines: Map<string, FoldedLine>
}

interface FoldedKey {
  readonly key: NonNullable<ChangeTerms['key']>
  /** Which add of the cart has this key, counted from 1. */
  readonly add: number
  readonly now: number
}

interface FoldedLine extends NewLine {
  readonly createdAt: number
  readonly updatedAt: number
}

/**
 * Folds adds by cart for the joint statement. An add is either *folded* or *deferred* (left out of the result, so that
 * `coalesce-changes.ts` makes it later). One statement has one moment, the latest `now` of the batch; it would treat these
 * adds differently from separate statements, so they are deferred:
 *
 * - an add whose new expiry would have passed at that moment,
 * - an add whose key would have expired at that moment,
 * - an add whose prices are in another currency than those of the first add to the cart,
 * - a further add with the key of a folded one, because it is a replay,
 * - an add with a key when `KEYS_LEFT` keys are folded: more keys could push out keys of the same batch.
 *
 * Every caller still gets its own version, counted back from the newest version of the cart, which the statement returns.
 */
export function foldAdds(adds: readonly Add[]): readonly FoldedCart[] {
  // The latest of all adds, including deferred ones: it decides which of them are folded.
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
    if (!isSameCurrency(cart.adds[0]?.terms.currency ?? terms.currency, terms.currency)) continue
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

/** Name and price come from the add that puts the line into the cart. */
function foldLine(lines: Map<string, FoldedLine>, line: NewLine, now: number): void {
  const key = lineKey(line)
  const before = lines.get(key)
  lines.set(key, {
    ...(before ?? { ...line, createdAt: now }),
    quantity: (before?.quantity ?? 0) + line.quantity,
    updatedAt: now,
  })
}

function latestOf(adds: readonly Add[]): number {
  return Math.max(...adds.map(({ terms }) => terms.now))
}

/** Whether the adds of a cart bring one line and no key. */
export function isSingle({ lines, keys }: FoldedCart): boolean {
  return lines.size === 1 && keys.length === 0
}

/**
 * The parameters of `ADD_LINES` and `ADD_TO_DOCUMENTS`, in their order. Limits as in `batchValues`.
 *
 * @param carts that `isSingle` accepts
 */
export function singleValues(carts: readonly FoldedCart[]): unknown[] {
  const adds = carts.flatMap((cart) => cart.adds)
  const last = carts.map((cart) => cart.adds.at(-1)?.terms)
  const lines = carts.flatMap((cart) => [...cart.lines])
  return [
    latestOf(adds),
    plainArray(carts.map((cart) => cart.cartId)),
    plainArray(carts.map((cart) => cart.adds.length)),
    plainArray(last.map((terms) => terms?.now)),
    plainArray(carts.map(expiryOf)),
    textArray(last.map((terms) => terms?.currency.code ?? '')),
    plainArray(last.map((terms) => terms?.currency.digits)),
    textArray(lines.map(([key]) => key)),
    textArray(lines.map(([, line]) => line.productName)),
    plainArray(lines.map(([, line]) => line.unitPrice)),
    plainArray(lines.map(([, line]) => line.quantity)),
    plainArray(lines.map(([, line]) => line.createdAt)),
    ...lowestLimits(adds),
  ]
}

function expiryOf({ adds }: FoldedCart): number {
  return Math.max(...adds.map(({ terms }) => terms.expiresAt))
}

function lowestLimits(adds: readonly Add[]): number[] {
  const lowest = (limit: keyof ChangeTerms['limits']) =>
    Math.min(...adds.map(({ terms }) => terms.limits[limit]))
  return [lowest('maxLineQuantity'), lowest('maxLines'), lowest('maxUnits')]
}

/**
 * The parameters of `ADD_BATCH`, in their order. Where the limits of adds differ, the lowest apply: an add that they
 * keep out is then made alone.
 *
 * @param wait for carts that others have locked; otherwise their adds are left undone
 */
export function batchValues(carts: readonly FoldedCart[], wait: boolean): unknown[] {
  const adds = carts.flatMap((cart) => cart.adds)
  const last = carts.map((cart) => cart.adds.at(-1)?.terms)
  const lines = carts.flatMap(({ cartId, lines }) =>
    Array.from(lines, ([key, line]) => ({ cartId, key, line })),
  )
  const keys = carts.flatMap(({ cartId, keys }) => keys.map((each) => ({ cartId, ...each })))
  return [
    wait,
    // The latest of the folded adds only: a deferred add must not make other carts look expired.
    latestOf(adds),
    plainArray(carts.map((cart) => cart.cartId)),
    plainArray(carts.map((cart) => cart.adds.length)),
    plainArray(carts.map((cart) => cart.keys.length)),
    plainArray(last.map((terms) => terms?.now)),
    plainArray(carts.map(expiryOf)),
    plainArray(lines.map((each) => each.cartId)),
    textArray(lines.map((each) => each.key)),
    textArray(lines.map(({ line }) => line.productName)),
    plainArray(lines.map(({ line }) => line.unitPrice)),
    plainArray(lines.map(({ line }) => line.quantity)),
    plainArray(lines.map(({ line }) => line.createdAt)),
    plainArray(lines.map(({ line }) => line.updatedAt)),
    ...lowestLimits(adds),
    plainArray(keys.map((each) => each.cartId)),
    textArray(keys.map(({ key }) => key.id)),
    textArray(keys.map(({ key }) => key.fingerprint)),
    plainArray(keys.map(({ add }) => add)),
    plainArray(keys.map(({ now }) => now)),
    KEY_LIFETIME_MS,
    MAX_KEYS,
    KEYS_LEFT,
    textArray(last.map((terms) => terms?.currency.code ?? '')),
    plainArray(last.map((terms) => terms?.currency.digits)),
  ]
}
