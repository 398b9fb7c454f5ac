import { checkService } from '../load/prepare.ts'
import {
  LoadError,
  type LoadProgress,
  type LoadResult,
  type LoadSpec,
  prepareCarts,
  runLoad,
} from '../load/run-load.ts'
import { planBlock } from './plan.ts'

/** A service under comparison. */
export interface BlockTarget {
  /** Key of the side. */
  readonly side: string
  readonly url: string
}

/** One run of the load on one side. */
export interface Slot<Watched = unknown> {
  readonly block: number
  /** Which of its block it was, from 0. */
  readonly place: number
  readonly side: string
  readonly result: LoadResult
  /** What was watched meanwhile. */
  readonly watched: Watched
}

/** What was run. */
export interface Blocks<Watched = unknown> {
  readonly slots: Slot<Watched>[]
  /** Why it ended before its time, in one line; `null` where it did not. */
  readonly cutOff: string | null
}

export interface BlocksProgress {
  readonly block: number
  /** Blocks that are wanted: more of them once some have turned out invalid. */
  readonly blocks: number
  readonly side: string
  readonly load: LoadProgress
}

export interface BlocksOptions<Watched> {
  /** Its seed decides the seeds of the blocks. */
  readonly spec: LoadSpec
  /** How many valid blocks are wanted. */
  readonly blocks: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: BlocksProgress) => void) | undefined
  /** Called when a slot's carts are ready; what it returns is called after it, and its answer kept with the slot. */
  readonly watch: (target: BlockTarget) => Promise<() => Promise<Watched>>
  /** Stands in for the load in tests. */
  readonly load?: Load
}

export interface Load {
  readonly checkService: typeof checkService
  readonly prepareCarts: typeof prepareCarts
  readonly runLoad: typeof runLoad
}

const LOAD: Load = { checkService, prepareCarts, runLoad }

/**
 * Runs blocks until enough of them are valid, in all at most half as many again as were wanted: a generator that
 * cannot keep up even then will not with more. A block is valid when every one of its slots is; whether one is
 * depends on the generator alone, so leaving blocks out does not choose among results. Every slot is
 * returned, the invalid ones, too.
 *
 * Ends early, with what there is, when `signal` is aborted, a slot is cut off, none of its operations succeeds, or a service
 * no longer answers.
 *
 * @throws LoadError, UsageError as `runLoad` does, before the first slot
 */
export async function runBlocks<Watched>(
  targets: readonly BlockTarget[],
  options: BlocksOptions<Watched>,
): Promise<Blocks<Watched>> {
  const { spec, blocks: wanted, signal, load = LOAD } = options
  const slots: Slot<Watched>[] = []
  for (const { url } of targets) await load.checkService(spec, url, signal)
  const most = Math.ceil(wanted * 1.5)
  for (let block = 0, valid = 0; block < most && valid < wanted; block++) {
    const blocks = Math.min(most, wanted + block - valid)
    const cutOff = await runBlock(targets, options, { block, blocks, slots })
    if (cutOff !== null) return { slots, cutOff }
    if (slots.slice(-targets.length).every((slot) => slot.result.valid)) valid++
  }
  return { slots, cutOff: null }
}

/** Adds the slots of one block, and says why no further one makes sense; `null` where one does. */
async function runBlock<Watched>(
  targets: readonly BlockTarget[],
  { spec, signal, onProgress, watch, load = LOAD }: BlocksOptions<Watched>,
  at: { readonly block: number; readonly blocks: number; readonly slots: Slot<Watched>[] },
): Promise<string | null> {
  const { block, blocks, slots } = at
  const { seed, order } = planBlock(spec.seed, block, targets.length)
  const own = { ...spec, seed }
  for (const [place, index] of order.entries()) {
    const target = targets[index] as BlockTarget
    const { url, side } = target
    const told = (progress: LoadProgress) => onProgress?.({ block, blocks, side, load: progress })
    try {
      const carts = await load.prepareCarts(own, url, { signal, onProgress: told })
      const finish = await watch(target)
      const result = await load.runLoad(own, { url, carts }, { signal, onProgress: told })
      slots.push({ block, place, side, result, watched: await finish() })
      const reason = signal?.aborted ? INTERRUPTED : reasonToEnd(result, url, block)
      if (reason !== null) return reason
    } catch (error) {
      // What was measured before must not be lost with it.
      if (slots.length === 0 || !(error instanceof LoadError)) throw error
      return signal?.aborted ? INTERRUPTED : error.message
    }
  }
  return null
}

const INTERRUPTED = 'interrupted'

/** Outcomes that follow from others: nothing was sent. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['no_cart', 'unsent'])

/** Why no further slot makes sense after this one, in one line; `null` where one does. */
function reasonToEnd(result: LoadResult, url: string, block: number): string | null {
  const { partial, cut_off, overall } = result
  if (partial) return cut_off
  if (overall.count === 0 || overall.succeeded > 0) return null
  const [outcome] = overall.outcomes
    .filter(({ kind }) => !CONSEQUENCES.has(kind))
    .toSorted((a, b) => b.count - a.count)
  const how = outcome === undefined ? '' : ` (${outcome.name})`
  return `${url}: not one operation of block ${block + 1} succeeded${how}`
}

/** The blocks in which every side has a valid, whole slot, in order. */
export function validBlocks(
  slots: readonly Pick<Slot, 'block' | 'side' | 'result'>[],
  sides: number,
): number[] {
  const good = new Map<number, number>()
  for (const { block, result } of slots)
    if (result.valid && !result.partial) good.set(block, (good.get(block) ?? 0) + 1)
  return [...good].flatMap(([block, count]) => (count === sides ? [block] : []))
}
