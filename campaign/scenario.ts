import type { Random } from '../packages/lab/src/random/random.ts'
import type { Store } from './database.ts'
import type { Found } from './found.ts'

/** One part of the campaign. */
export interface Scenario {
  readonly name: string
  /** One line for `--help`. */
  readonly about: string
  readonly stores: readonly Store[]
  run(conditions: Conditions): Promise<Found[]>
}

export interface Conditions {
  readonly store: Store
  /** An empty folder for data; removed afterwards. */
  readonly folder: string
  /** Time for the scenario, seconds. */
  readonly seconds: number
  /** Maximum number of faults; the time ends a scenario too. */
  readonly times: number
  readonly seed: number
  readonly random: Random
  readonly signal?: AbortSignal | undefined
}
