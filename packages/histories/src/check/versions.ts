import type { Operation } from '../history/operation.ts'
import type { Step } from './cart-view.ts'

/** A cart's changes and reads in order of version. */
export interface Versions {
  readonly first: number
  readonly last: number
  /** The change that made each version, by version minus `first`. */
  readonly changes: readonly (Step | undefined)[]
  /** The reads of each version, likewise. */
  readonly reads: readonly (readonly Operation[] | undefined)[]
  /** Earliest end of anything of this version or a later one, likewise; one more entry, Infinity. */
  readonly endsFrom: Float64Array
  /** Changes of unknown version, which may fill gaps. */
  readonly unplaced: readonly Step[]
}
