import type { Side } from '../compare/side.ts'
import type { Run } from './records.ts'

/** A side in a comparison: who it is, its place among all sides (0 first), and its run. */
export interface Opponent {
  readonly side: Side
  readonly place: number
  readonly run: Run
}
