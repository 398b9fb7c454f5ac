import type { Scenario } from '../scenario.ts'
import { clock } from './clock.ts'
import { descriptors } from './descriptors.ts'
import { disk } from './disk.ts'
import { failover } from './failover.ts'
import { greedy } from './greedy.ts'
import { kills } from './kills.ts'
import { overload } from './overload.ts'
import { rolling } from './rolling.ts'

/** All parts of the campaign, in the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  ...kills,
  failover,
  disk,
  descriptors,
  clock,
  greedy,
  overload,
  rolling,
]
