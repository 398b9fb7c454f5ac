import { explore } from './explore.ts'
import { SCENARIOS } from './scenarios.ts'
import { PROTOCOL } from './world.ts'

/** `npm run check:move`: explores all worlds, which takes minutes, and prints how many states each has. */
for (const [name, start] of SCENARIOS) {
  const { states, steps, ends, violation } = explore(PROTOCOL, start)
  const found = violation === undefined ? 'holds' : `VIOLATED: ${violation}`
  process.stdout.write(`${found}  ${states} states, ${steps} steps, ${ends} ends: ${name}\n`)
  if (violation !== undefined) process.exitCode = 1
}
