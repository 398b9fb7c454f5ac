import { DEFAULT_LIMITS, type SearchLimits } from '../search/search.ts'
import { COVERAGE_NEEDED, type CoverageNeeded } from './coverage.ts'
import { type Column, GUARANTEES, type Guarantee } from './report.ts'

/** What reads of each mode are meant to have. */
export type Promises = { readonly [G in Guarantee]: readonly Column[] }

export interface CheckOptions {
  /** Which guarantees to check; all by default. */
  readonly guarantees?: readonly Guarantee[]
  /** Which cells of the matrix make the report `violated`; DEFAULT_PROMISES by default. */
  readonly promises?: Promises
  /** How much each search for an order may take. */
  readonly limits?: SearchLimits
  /** How long to look for the few operations that show a violation, milliseconds for each; 0: not at all. */
  readonly shrinkMs?: number
  /** Most violations to show of each cell, 3 by default. */
  readonly examples?: number
  readonly coverage?: CoverageNeeded
}

export type Settings = Required<CheckOptions>

/** What `session` and `eventual` promise: the one never goes back for its session, the other only ever shows what was. */
export const DEFAULT_PROMISES: Promises = {
  version_order: ['changes', 'strong', 'session', 'eventual'],
  linearizability: ['strong'],
  read_your_writes: ['strong', 'session'],
  monotonic_reads: ['strong', 'session'],
  monotonic_writes: ['changes'],
  writes_follow_reads: ['changes'],
  conditions: ['changes'],
  lines: ['changes', 'strong', 'session', 'eventual'],
  lists: ['strong', 'session', 'eventual'],
}

export function settingsOf(options: CheckOptions = {}): Settings {
  return {
    guarantees: GUARANTEES,
    promises: DEFAULT_PROMISES,
    limits: DEFAULT_LIMITS,
    shrinkMs: 2000,
    examples: 3,
    coverage: COVERAGE_NEEDED,
    ...options,
  }
}

/** Whether each cart is looked at once, so that nothing about it need be kept. */
export function isOnlyVersions({ guarantees }: Settings): boolean {
  return guarantees.length === 1 && guarantees[0] === 'version_order'
}
