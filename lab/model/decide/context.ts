import type { CostInputs } from '../cost/inputs.ts'
import type { StoreName } from '../cost/monthly-cost.ts'
import type { Prices } from '../cost/prices.ts'
import type { Objective } from '../simulate/load-sweep.ts'
import type { Evidence } from './evidence.ts'
import type { Standing } from './standing.ts'

/** `either`: both serve, at costs too close to tell. `neither`: both fail. `undecided`: the evidence cannot support a choice. */
export type Choice = StoreName | 'either' | 'neither' | 'undecided'

/** Everything that the sentences of one advice are made of. */
export interface Context {
  readonly evidence: Evidence
  readonly inputs: CostInputs
  readonly prices: Prices
  readonly objective: Objective
  readonly postgres: Standing
  readonly dynamodb: Standing
  readonly choice: Choice
}
