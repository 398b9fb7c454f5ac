import type { Bench } from './bench.ts'

/** The figures of one turn; a name ends in its unit: `per_second`, `p50_ms`, `cpu_us`, ... */
export type Figures = Readonly<Record<string, number>>

/** Two targets that are measured in turns, or one alone, with goals. */
export interface Pair {
  /** Name for `--only` and the results file. */
  readonly name: string
  /** Takes long: runs only with `--long` or when named. */
  readonly long?: true
  readonly what: string
  readonly a: string
  /** `null` if `a` is compared with a figure. */
  readonly b: string | null
  readonly goals: readonly Goal[]
  /** One line if something that it needs is not installed: it is skipped then. */
  readonly missing?: () => string | undefined
  /** Each turn continues from the previous one, so there is only one round, `b` before `a`. */
  readonly once?: true
  /** Prepares everything that the turns need, and registers the cleanup with `bench.defer`. */
  open(bench: Bench): Promise<Sides>
}

export interface Sides {
  a(): Promise<Figures>
  b?(): Promise<Figures>
  /** Findings of the preparation, such as an opponent's best number of clients. */
  readonly notes?: Readonly<Record<string, string | number>>
  /** Why a weaker opponent was measured, so that goals are not judged. */
  readonly weaker?: string
}

/** A goal of a pair. */
export interface Goal {
  /** Name of a figure. */
  readonly metric: string
  /** a / b, a - b or a itself. */
  readonly compare: 'ratio' | 'difference' | 'value'
  readonly want: 'at least' | 'at most'
  readonly floor: number
  readonly aim?: number
}

/** One turn of each, one right after the other. */
export interface Round {
  readonly a: Figures
  readonly b: Figures | null
}
