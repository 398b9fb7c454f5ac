import { validBlocks } from '../blocks/slots.ts'
import { BLOCK_RULES, blocksNeeded } from '../stats/compare-blocks.ts'
import type { LoadPart } from './schemas.ts'

/** With fewer blocks, not even the headline's figure can differ significantly. */
const LEAST_BLOCKS = blocksNeeded('primary', 2, BLOCK_RULES.alpha)

/** Why too few blocks are valid, in one line; `null` if there are enough. */
export function tooFewBlocks({ slots, blocks }: LoadPart, sides: number): string | null {
  const valid = validBlocks(slots, sides).length
  if (valid >= Math.min(blocks, LEAST_BLOCKS)) return null
  const reason = slots.flatMap(({ result }) => result.invalid_because)[0]
  return `only ${valid} of ${blocks} blocks are valid${reason === undefined ? '' : `: ${reason}`}`
}
