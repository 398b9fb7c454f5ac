import type { Operation } from '../history/operation.ts'
import { type CartView, productsTouched, type Step } from './cart-view.ts'
import { type Amount, createLineBounds, type LineBounds } from './line-bounds.ts'

/** The lines of one cart, including what merges added. */
export interface CartLines {
  readonly view: CartView
  /** Every product in a change, a merge or a read of the cart. */
  readonly products: readonly string[]
  lineOf(product: string): LineBounds
}

/** The possible contents of a cart when it was merged into another, by product; `undefined` for anything. */
type Contents = ReadonlyMap<string, Amount> | undefined

/** @param viewOf gives the view of any cart of the history, for the sources of merges */
export function linesOfCart(
  view: CartView,
  viewOf: (cart: string) => CartView | undefined,
): CartLines {
  const merged = new Map<Step, Contents>()
  for (const step of view.changes) {
    if (step.kind === 'merge_in') merged.set(step, broughtBy(step, viewOf, new Set([view.cart])))
  }
  const products = new Set<string>()
  for (const step of view.changes) {
    for (const product of productsTouched(step.change) ?? merged.get(step)?.keys() ?? [])
      products.add(product)
  }
  for (const { lines = [] } of view.reads) for (const [product] of lines) products.add(product)
  const bounds = new Map<string, LineBounds>()
  return {
    view,
    products: [...products],
    lineOf(product) {
      const known = bounds.get(product)
      if (known !== undefined) return known
      const made = createLineBounds(view, product, (step) => amountOf(step, product, merged))
      bounds.set(product, made)
      return made
    },
  }
}

/** Units of the product in the response of a read. */
export function seenIn({ lines = [] }: Operation, product: string): number {
  return lines.find(([seen]) => seen === product)?.[1] ?? 0
}

function amountOf(
  step: Step,
  product: string,
  merged: ReadonlyMap<Step, Contents>,
): Amount | undefined {
  if (step.change?.kind === 'add') {
    const quantity = step.change.lines.find(([added]) => added === product)?.[1]
    return quantity === undefined ? undefined : { low: quantity, high: quantity }
  }
  if (step.kind !== 'merge_in') return undefined
  const contents = merged.get(step)
  return contents === undefined ? ANYTHING : contents.get(product)
}

const ANYTHING: Amount = { low: 0, high: Infinity }

/**
 * What a merge added: every acknowledged add of the source happened before the merge froze the source. If lines were
 * also set or removed, or the strategy is not `sum`, only the maximum is certain. If the history lacks the creation of the
 * source, nothing is certain.
 */
function broughtBy(
  { operation, strategies }: Step,
  viewOf: (cart: string) => CartView | undefined,
  visited: ReadonlySet<string>,
): Contents {
  const source = viewOf(operation.from ?? '')
  const contents = new Map<string, { low: number; high: number }>()
  if (source?.begins !== true) return undefined
  // A cycle of merges adds nothing: each merge would have to come after the others.
  if (visited.has(source.cart)) return contents
  const put = (product: string, { low, high }: Amount): void => {
    const known = contents.get(product) ?? { low: 0, high: 0 }
    contents.set(product, { low: known.low + low, high: known.high + high })
  }
  const inner = new Set([...visited, source.cart])
  for (const step of source.changes) {
    const given = givenBy(step, viewOf, inner)
    if (given === undefined) return undefined
    for (const [product, { low, high }] of given) {
      put(product, { low: step.end === Infinity ? 0 : low, high })
    }
  }
  const lowers = source.changes.some(({ kind }) => LOWERING.has(kind))
  if (!lowers && strategies.every((strategy) => strategy === 'sum')) return contents
  return new Map([...contents].map(([product, { high }]) => [product, { low: 0, high }]))
}

/** What one change of the source adds to each line, at least and at most. */
function givenBy(
  step: Step,
  viewOf: (cart: string) => CartView | undefined,
  visited: ReadonlySet<string>,
): Iterable<readonly [product: string, amount: Amount]> | undefined {
  if (step.kind === 'merge_in') return broughtBy(step, viewOf, visited)
  const { change } = step
  if (change?.kind !== 'add' && change?.kind !== 'set') return []
  return change.lines.map(([product, units]) => [product, { low: units, high: units }] as const)
}

const LOWERING: ReadonlySet<Step['kind']> = new Set(['set', 'remove', 'empty', 'delete'])
