import type { Scenario } from '../scenario.ts'
import { clock } from './clock.ts'
import { descriptors } from './descriptors.ts'
import { disk } from './disk.ts'
import { embedded } from './embedded.ts'
import { failover } from './failover.ts'
import { greedy } from './greedy.ts'
import { kills } from './kills.ts'
import { locks } from './locks.ts'
import { memory } from './memory.ts'
import { move } from './move.ts'
import { overload } from './overload.ts'
import { rolling } from './rolling.ts'
import { vanish } from './vanish.ts'

/** All parts of the campaign, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  ...kills,
  embedded,
  failover,
  move,
  locks,
  disk,
  descriptors,
  clock,
  greedy,
  vanish,
  overload,
  rolling,
  memory,
]
