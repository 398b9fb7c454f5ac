import type { KindMix } from '../../consistency/record/workload.ts'

/** What shoppers do, of 100 operations. */
export const LIVE_MIXES: Readonly<Record<string, KindMix>> = {
  shopping: { get: 42, add: 36, set: 5, remove: 6, merge: 3, checkout: 3, list: 4, empty: 1 },
  browsing: { get: 84, add: 12, list: 4 },
  filling: { get: 15, add: 75, set: 5, remove: 5 },
  'checkout rush': { get: 30, add: 40, checkout: 30 },
}

export const DEFAULT_MIX = 'shopping'
