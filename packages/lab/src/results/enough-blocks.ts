import { BLOCK_RULES, blocksNeeded } from '../stats/compare-blocks.ts'
import { blockMetrics } from './block-metrics.ts'
import type { LoadPart } from './schemas.ts'
import { validBlocks } from './slots.ts'

/** With fewer blocks even the primary metric cannot show a difference. */
export const MIN_BLOCKS = blocksNeeded('primary', 2, BLOCK_RULES.alpha)

/** That too few blocks are valid, and why, in one line; `null` when there are enough. */
export function tooFewBlocks({ slots, blocks }: LoadPart, sides: number): string | null {
  const valid = validBlocks(slots, sides).length
  if (valid >= Math.min(blocks, MIN_BLOCKS)) return null
  const reason = slots.flatMap(({ result }) => result.invalid_because)[0]
  return `only ${valid} of ${blocks} blocks are valid${reason === undefined ? '' : `: ${reason}`}`
}

/** Why the load is inconclusive, in one line; `null` when it is not. */
export function provesNothing(load: LoadPart, sides: readonly string[]): string | null {
  const [a = '', b = ''] = sides
  const measured = blockMetrics(load.slots, { a, b }, sides.length).some((metric) =>
    [...metric.a, ...metric.b].every((figure) => figure !== null),
  )
  const tooShort = 'too few requests for any figure; run longer (--duration) or faster (--rate)'
  return tooFewBlocks(load, sides.length) ?? (measured ? null : tooShort)
}
