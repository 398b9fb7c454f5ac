import { explore } from './explore.ts'
import { exploreLeases, LEASES } from './leases/world.ts'
import { exploreMerges } from './merges/explore.ts'
import { MERGES } from './merges/scenarios.ts'
import { SCENARIOS } from './scenarios.ts'
import type { Explored } from './visit.ts'
import { PROTOCOL } from './world.ts'

/** `npm run check:move`: explores all worlds, which takes minutes, and prints how many states each has. */
const EXPLORED: readonly (readonly [string, () => Explored])[] = [
  ...SCENARIOS.map(([name, start]) => [name, () => explore(PROTOCOL, start)] as const),
  ...MERGES.map(([name, start]) => [name, () => exploreMerges(start)] as const),
  [
    'leases: three movers, one frozen at a seal, two that die, and `back`',
    () => exploreLeases(LEASES, { movers: 3, crashes: 2, freezes: 1 }),
  ],
]
for (const [name, exploring] of EXPLORED) {
  const { states, steps, ends, violation } = exploring()
  const found = violation === undefined ? 'holds' : `VIOLATED: ${violation}`
  process.stdout.write(`${found}  ${states} states, ${steps} steps, ${ends} ends: ${name}\n`)
  if (violation !== undefined) process.exitCode = 1
}
