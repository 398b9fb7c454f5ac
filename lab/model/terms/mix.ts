import { OPERATION_KINDS, type OperationKind, type PerKind } from '../../results/operation-kinds.ts'

/** The mix as shares that sum to 1. */
export function sharesOf(mix: PerKind): readonly (readonly [OperationKind, number])[] {
  const sum = OPERATION_KINDS.reduce((total, kind) => total + (mix[kind] ?? 0), 0)
  return OPERATION_KINDS.filter((kind) => (mix[kind] ?? 0) > 0).map(
    (kind) => [kind, (mix[kind] ?? 0) / sum] as const,
  )
}

/** Mean of `each` over the mix; a kind that is not in `each` counts as 0. */
export function mixMean(mix: PerKind, each: PerKind): number {
  return sharesOf(mix).reduce((sum, [kind, share]) => sum + share * (each[kind] ?? 0), 0)
}

/** Whether the kind changes a cart. */
export function isWrite(kind: OperationKind): boolean {
  return kind === 'create_cart' || kind === 'add_items' || kind === 'checkout'
}
