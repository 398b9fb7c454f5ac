import { explore } from './explore.ts'
import { exploreMerges } from './merges/explore.ts'
import { MERGES } from './merges/scenarios.ts'
import { SCENARIOS } from './scenarios.ts'
import type { Explored } from './visit.ts'
import { PROTOCOL } from './world.ts'

/** `npm run check:move`: explores all worlds, which takes minutes, and prints how many states each has. */
const EXPLORED: readonly (readonly [string, () => Explored])[] = [
  ...SCENARIOS.map(([name, start]) => [name, () => explore(PROTOCOL, start)] as const),
  ...MERGES.map(([name, start]) => [name, () => exploreMerges(start)] as const),
]
for (const [name, exploring] of EXPLORED) {
  const { states, steps, ends, violation } = exploring()
  const found = violation === undefined ? 'holds' : `VIOLATED: ${violation}`
  process.stdout.write(`${found}  ${states} states, ${steps} steps, ${ends} ends: ${name}\n`)
  if (violation !== undefined) process.exitCode = 1
}
