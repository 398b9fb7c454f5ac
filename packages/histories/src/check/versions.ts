import type { HistoryHeader, Operation } from '../history/operation.ts'
import type { RecordedChange } from './cart-view.ts'

/** The changes and reads of a cart in order of version. */
export interface Versions {
  readonly first: number
  readonly last: number
  /** The change that created each version, by version minus `first`. */
  readonly changes: readonly (RecordedChange | undefined)[]
  /** The reads of each version, by version minus `first`. */
  readonly reads: readonly (readonly Operation[] | undefined)[]
  /** The earliest end of any operation of this version or a later one, by version minus `first`; then Infinity. */
  readonly endsFrom: Float64Array
  /** Changes of unknown version, which may fill gaps. */
  readonly unplaced: readonly RecordedChange[]
}

/**
 * What the versions in a history mean: they count the changes of a cart, they only identify its states, or there are
 * none.
 */
export type VersionMeaning = 'counted' | 'opaque' | 'none'

export function meaningOfVersions(service: HistoryHeader['service']): VersionMeaning {
  if (service.versions) return 'counted'
  return service.opaque_versions === true ? 'opaque' : 'none'
}
