import type { QuickRun } from '../results/records.ts'
import type { Side } from '../results/side.ts'

/** A target of the quick look: its index among all targets, and its run. */
export interface Opponent {
  readonly side: Side
  readonly place: number
  readonly run: QuickRun
}
