import { createRandom } from '../../packages/lab/src/random/random.ts'
import type { BlockMetric } from '../../packages/lab/src/stats/compare-blocks.ts'
import { normal, openFraction } from './normal.ts'

/**
 * Blocks as a noisy machine gives them: the machine's speed wanders from block to block, for all sides alike; each
 * side of a block has noise of its own, more of it far out, and now and then a neighbour takes a share.
 *
 * @returns the 12 figures of side A against each other side: `get_cart.p50` first, which is the headline's
 */
export function syntheticRun(run: {
  readonly seed: number
  readonly blocks: number
  /** How much slower each other side than A truly is: 1 for a comparison of a side with itself. */
  readonly slowdowns: readonly number[]
  /** How often a neighbour takes a fifth of the machine from one side's figure. */
  readonly disturbed?: number
}): BlockMetric[] {
  const { seed, blocks, slowdowns, disturbed = 0.05 } = run
  const random = createRandom(seed)
  let machine = 0
  const speeds = Array.from({ length: blocks }, () => {
    machine += 0.05 * normal(random)
    return machine
  })
  const times = (ms: number, noise: number) =>
    speeds.map((speed) => {
      const neighbour = openFraction(random) < disturbed ? 0.2 : 0
      return ms * Math.exp(speed + noise * normal(random) + neighbour)
    })
  const groups = ['get_cart', 'create_cart', 'add_items', 'overall']
  const percentiles = [
    { name: 'p50', ms: 2, noise: 0.03 },
    { name: 'p95', ms: 5, noise: 0.05 },
    { name: 'p99', ms: 9, noise: 0.08 },
  ]
  const figures = groups.flatMap((group) =>
    percentiles.map(({ name, ms, noise }) => ({
      name: `${group}.${name}`,
      a: times(ms, noise),
      others: slowdowns.map((slowdown) => times(slowdown * ms, noise)),
    })),
  )
  return slowdowns.flatMap((_, other) =>
    figures.map(({ name, a, others }) => ({ name, a, b: others[other] ?? [] })),
  )
}
