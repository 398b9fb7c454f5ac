import type { Operation } from '../history/operation.ts'
import type { Step } from './cart-view.ts'

/** The changes and reads of a cart in order of version. */
export interface Versions {
  readonly first: number
  readonly last: number
  /** The change that created each version, by version minus `first`. */
  readonly changes: readonly (Step | undefined)[]
  /** The reads of each version, by version minus `first`. */
  readonly reads: readonly (readonly Operation[] | undefined)[]
  /** The earliest end of any operation of this version or a later one, by version minus `first`; then Infinity. */
  readonly endsFrom: Float64Array
  /** Changes of unknown version, which may fill gaps. */
  readonly unplaced: readonly Step[]
}
