import type { BlockMetric } from '../../lab/stats/compare-blocks.ts'
import { OPERATIONS } from '../../lab/workload/perf-record.ts'
import { createRandom } from '../../lab/workload/random.ts'

/**
 * Blocks as a noisy machine gives them: the machine's speed wanders from block to block, for both sides alike; each
 * side of a block has noise of its own, more of it far out, and now and then a neighbour takes a share.
 *
 * @param slowdown how much slower B truly is: 1 for a comparison of a side with itself
 */
export function syntheticRun(run: {
  readonly seed: number
  readonly blocks: number
  readonly slowdown: number
}): BlockMetric[] {
  const random = createRandom(run.seed)
  const fraction = () => (random.integer(0, 2 ** 30) + 0.5) / (2 ** 30 + 1)
  const normal = () => Math.sqrt(-2 * Math.log(fraction())) * Math.cos(2 * Math.PI * fraction())
  let machine = 0
  const speeds = Array.from({ length: run.blocks }, () => {
    machine += 0.05 * normal()
    return machine
  })
  const percentiles = [
    { name: 'p50', ms: 2, noise: 0.03 },
    { name: 'p99', ms: 9, noise: 0.08 },
  ]
  return OPERATIONS.flatMap((operation) =>
    percentiles.map(({ name, ms, noise }) => {
      const side = (factor: number) =>
        speeds.map((speed) => {
          const neighbour = random.integer(1, 20) === 1 ? 0.2 : 0
          return factor * ms * Math.exp(speed + noise * normal() + neighbour)
        })
      return { name: `${operation}.${name}`, a: side(1), b: side(run.slowdown) }
    }),
  )
}
