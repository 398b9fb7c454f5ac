import { DEFAULT_LIMITS, type SearchLimits } from '../search/search.ts'
import { COVERAGE_NEEDED, type CoverageNeeded } from './coverage.ts'
import { type Column, GUARANTEES, type Guarantee } from './report.ts'

/** The columns of the matrix for which each guarantee is promised. */
export type Promises = { readonly [G in Guarantee]: readonly Column[] }

export interface CheckOptions {
  /** Which guarantees to check; all by default. */
  readonly guarantees?: readonly Guarantee[]
  /** Which cells of the matrix make the report `violated`; DEFAULT_PROMISES by default. */
  readonly promises?: Promises
  /** The limits of the search for an order of one cart, or of carts that merges join: of all its parts together. */
  readonly limits?: SearchLimits
  /** Maximum time of all searches together, milliseconds; 120 s by default. */
  readonly runMs?: number
  /** Maximum time for shrinking each violation, milliseconds; 0 for none. */
  readonly shrinkMs?: number
  /** Maximum number of violations to report for each cell, 3 by default. */
  readonly examples?: number
  /** What the history must contain to prove anything; COVERAGE_NEEDED by default. */
  readonly coverage?: CoverageNeeded
}

export interface Settings extends Required<CheckOptions> {
  /** When `runMs` are over, milliseconds since the epoch: threads have clocks of their own. */
  readonly endsAt: number
}

const RUN_MS = 120_000

/** Strong reads are linearizable, session reads keep the session guarantees, eventual reads show some earlier state. */
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
  const { runMs = RUN_MS } = options
  return {
    runMs,
    endsAt: Date.now() + runMs,
    guarantees: GUARANTEES,
    promises: DEFAULT_PROMISES,
    limits: DEFAULT_LIMITS,
    shrinkMs: 2000,
    examples: 3,
    coverage: COVERAGE_NEEDED,
    ...options,
  }
}

/** Whether only the version order is checked, so that no further data per cart is needed. */
export function isOnlyVersions({ guarantees }: Settings): boolean {
  return guarantees.length === 1 && guarantees[0] === 'version_order'
}
