import type { Access } from '../cart-api/access.ts'
import type { LoadSpec } from '../results/load-spec.ts'

/** A service that a load is sent to. */
export interface LoadTarget {
  /** URL of the service. */
  readonly url: string
  /** Its name in metrics, if there are several. */
  readonly name?: string | undefined
  /** How it is spoken to, after its set-up; by default as pushcart is. */
  readonly access?: Access | undefined
  /** Carts from `prepareCarts` with the same spec, for use in several runs; prepared by the run when left out. */
  readonly carts?: readonly (string | null)[] | undefined
}

/** The target with its access for a spec: a spec with a list of products names ids, others count the products of the access. */
export function accessFor(spec: LoadSpec, target: LoadTarget): LoadTarget {
  const { access } = target
  if (access === undefined || typeof spec.products === 'number') return target
  return { ...target, access: { ...access, products: undefined } }
}
