import type { Id } from '../cart-api/api.ts'
import { type LoadSpec, productAt, productCount } from '../load/load-spec.ts'

/** The last `count` products of a load, whose ids have a typical length; fewer where the load has fewer. */
export function productsOf(products: LoadSpec['products'], count: number): Id[] {
  const all = productCount({ products })
  const length = Math.min(count, all)
  return Array.from({ length }, (_, index) => productAt({ products }, all - length + index))
}
