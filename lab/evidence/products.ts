import { type LoadSpec, productAt, productCount } from '../load/load-spec.ts'
import type { ProductId } from '../resources/probe-steps.ts'

export type { ProductId } from '../resources/probe-steps.ts'

/** The last `count` products of a load, whose ids have a typical length; fewer where the load has fewer. */
export function productsOf(products: LoadSpec['products'], count: number): ProductId[] {
  const all = productCount({ products })
  const length = Math.min(count, all)
  return Array.from({ length }, (_, index) => productAt({ products }, all - length + index))
}
