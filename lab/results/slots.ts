import type { LoadResult } from '../load/load-result.ts'

/** One run of the load against one target. */
export interface Slot<Watched = unknown> {
  readonly block: number
  /** Position within the block, from 0. */
  readonly place: number
  /** Key of the target. */
  readonly side: string
  readonly result: LoadResult
  /** What the service and its database used during the run. */
  readonly watched: Watched
}

/** The blocks in which every target has a valid, complete slot, in order. */
export function validBlocks(
  slots: readonly Pick<Slot, 'block' | 'side' | 'result'>[],
  sides: number,
): number[] {
  const good = new Map<number, number>()
  for (const { block, result } of slots)
    if (result.valid && !result.partial) good.set(block, (good.get(block) ?? 0) + 1)
  return [...good].flatMap(([block, count]) => (count === sides ? [block] : []))
}
