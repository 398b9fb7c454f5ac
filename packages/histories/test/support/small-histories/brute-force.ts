import type { Operation } from '../../../src/index.ts'
import { type Cart, changed, frozen, joined, NO_CART, sees } from './rules.ts'

type Carts = Readonly<Record<string, Cart>>

/** What is put into an order: an operation, or one of the two steps of a merge (source, then target). */
interface Part {
  readonly operation: Operation
  readonly step: 'whole' | 'out' | 'in'
  readonly optional: boolean
}

/**
 * Whether any order of the operations, each within its span, is legal, by trying every order. Reads are strong; equal
 * times count as overlapping. Versions matter for conditions only.
 */
export function hasOrder(operations: readonly Operation[]): boolean {
  return place(operations.flatMap(partsOf), {})
}

function partsOf(operation: Operation): Part[] {
  const { kind, status } = operation
  if (status === 'info' && kind === 'get') return []
  if (status === 'fail' && kind === 'merge') return []
  const optional = status === 'info'
  const steps = kind === 'merge' ? (['out', 'in'] as const) : (['whole'] as const)
  return steps.map((step) => ({ operation, step, optional }))
}

function place(left: readonly Part[], carts: Carts): boolean {
  if (left.every(({ optional }) => optional)) return true
  return left.some((part) => {
    const others = left.filter((other) => other !== part)
    // An operation cannot come before one that ended before its call.
    const { call } = part.operation
    if (others.some(({ optional, operation }) => !optional && operation.return < call)) return false
    const next = after(part, others, carts)
    return next !== undefined && place(others, next)
  })
}

/** The carts after the part; `undefined` if the part is illegal now. */
function after(
  { operation, step }: Part,
  others: readonly Part[],
  carts: Carts,
): Carts | undefined {
  const { cart, kind, status, error } = operation
  const held = carts[cart] ?? NO_CART
  if (kind === 'get') return sees(operation, held) ? carts : undefined
  if (kind === 'merge') return afterMerge(operation, step, others, carts)
  const outcome = changed(operation, held)
  if (status === 'fail') return outcome === error ? carts : undefined
  return typeof outcome === 'string' ? undefined : { ...carts, [cart]: outcome }
}

function afterMerge(
  operation: Operation,
  step: Part['step'],
  others: readonly Part[],
  carts: Carts,
): Carts | undefined {
  const { cart, from = '' } = operation
  const source = carts[from] ?? NO_CART
  const early = step === 'in' && others.some((other) => other.operation === operation)
  const outcome =
    step === 'out' ? frozen(operation, source) : joined(operation, carts[cart] ?? NO_CART, source)
  if (early || typeof outcome === 'string') return undefined
  return { ...carts, [step === 'out' ? from : cart]: outcome }
}
