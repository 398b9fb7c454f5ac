import { createHash } from 'node:crypto'
import { QUICK_OPERATIONS } from '../quick/quick-perf.ts'
import { quickStream } from '../quick/quick-stream.ts'
import type { Environment, Network } from '../results/environment.ts'
import { describeMachine, packageVersion } from '../results/machine.ts'
import type { Side } from '../results/side.ts'

/** The options of a comparison, with defaults applied. */
export interface RunSettings {
  readonly iterations: number
  readonly clients: number
  readonly seed: number
  readonly startedAt: string
  readonly command: string
}

export function describeRun(
  settings: RunSettings,
  sides: readonly Side[],
  network?: Network,
): Environment {
  const { seed, iterations, clients, startedAt, command } = settings
  const stream = JSON.stringify(quickStream(seed))
  return {
    started_at: startedAt,
    pushcart_version: packageVersion() ?? 'unknown',
    command,
    seed,
    stream_sha256: createHash('sha256').update(stream).digest('hex'),
    operations: QUICK_OPERATIONS,
    warm_up_operations: QUICK_OPERATIONS,
    consistency_iterations: iterations,
    concurrent_clients: clients,
    machine: describeMachine(),
    ...(network !== undefined && { network }),
    sides,
  }
}
