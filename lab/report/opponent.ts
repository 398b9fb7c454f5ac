import type { Side } from '../compare/side.ts'
import type { Run } from './records.ts'

/** A target of the quick look: its index among all targets, and its run. */
export interface Opponent {
  readonly side: Side
  readonly place: number
  readonly run: Run
}
