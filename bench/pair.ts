import type { Bench } from './bench.ts'

/** What one turn measured, by name with the unit at its end: `per_second`, `p50_ms`, `cpu_us`, ... */
export type Figures = Readonly<Record<string, number>>

/** Two things that are measured in turns, or one alone, and what is to come of it. */
export interface Pair {
  /** Of `--only` and of the results file. */
  readonly name: string
  /** Takes long, so it runs only with `--long` or when named. */
  readonly long?: true
  readonly what: string
  readonly a: string
  /** `null` where `a` is held against a figure and not against something else. */
  readonly b: string | null
  readonly goals: readonly Goal[]
  /** Where each turn goes on from the one before, so there can only be one round, `b` before `a`. */
  readonly once?: true
  /** Makes everything that the turns need; what is to be undone goes to `bench.defer`. */
  open(bench: Bench): Promise<Sides>
}

export interface Sides {
  a(): Promise<Figures>
  b?(): Promise<Figures>
  /** What was found out on the way, such as an opponent's best number of clients. */
  readonly notes?: Readonly<Record<string, string | number>>
  /** Why the opponent is not the one that the goal is about, so that nothing is judged. */
  readonly weaker?: string
}

/** One thing that is wanted of a pair. */
export interface Goal {
  /** The name of a figure. */
  readonly metric: string
  /** a / b, a - b or a itself. */
  readonly compare: 'ratio' | 'difference' | 'value'
  readonly want: 'at least' | 'at most'
  readonly floor: number
  readonly aim?: number
}

/** One measurement of each side, close together. */
export interface Round {
  readonly a: Figures
  readonly b: Figures | null
}
