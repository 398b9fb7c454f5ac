import { EMULATOR_WORDS, type Side } from '../compare/side.ts'
import type { Run } from './records.ts'

/** A side in a comparison: who it is, its place among all sides (0 first), and its run. */
export interface Opponent {
  readonly side: Side
  readonly place: number
  readonly run: Run
}

/** What must be said under every table and plot that shows figures of these sides. */
export function emulatorNotes(sides: readonly Side[]): string[] {
  const names = sides.filter((side) => side.emulator).map(({ label }) => label)
  return names.length === 0 ? [] : [`${names.join(', ')}: ${EMULATOR_WORDS}.`]
}
