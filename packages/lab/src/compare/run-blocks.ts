import { cutOffBy, INTERRUPTED } from '../errors/load-error.ts'
import type { LoadTarget } from '../load/load-target.ts'
import { type LoadProgress, prepareCarts, type RunLoadOptions, runLoad } from '../load/run-load.ts'
import type { LoadResult } from '../results/load-result.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import type { Slot } from '../results/slots.ts'
import { planBlock } from './plan.ts'

/** A service under comparison. */
export interface BlockTarget extends Pick<LoadTarget, 'url' | 'access' | 'name'> {
  /** Key of the target. */
  readonly side: string
}

/** Everything that ran, and why it ended early; `null` when it did not. */
export interface Blocks<Watched = unknown> {
  readonly slots: Slot<Watched>[]
  readonly cut_off: string | null
}

export interface BlocksProgress {
  readonly block: number
  /** Blocks to run: more once some have turned out invalid. */
  readonly blocks: number
  readonly side: string
  readonly load: LoadProgress
}

export interface BlocksOptions<Watched> {
  /** The seeds of the blocks derive from its seed. */
  readonly spec: LoadSpec
  /** Valid blocks to reach. */
  readonly blocks: number
  readonly signal?: AbortSignal | undefined
  readonly limits?: RunLoadOptions['limits']
  readonly generators?: RunLoadOptions['generators']
  readonly telemetry?: RunLoadOptions['telemetry']
  readonly onProgress?: ((progress: BlocksProgress) => void) | undefined
  /** Called with an invalid block and the reason, when another block will replace it. */
  readonly onInvalid?: ((block: number, reason: string) => void) | undefined
  /** Called when a slot's carts are ready; what it returns is called after the run, and the result kept with the slot. */
  readonly watch: (target: BlockTarget) => Promise<() => Promise<Watched>>
  /** Replaces the load in tests. */
  readonly load?: Load
}

export interface Load {
  readonly prepareCarts: typeof prepareCarts
  readonly runLoad: typeof runLoad
}

const LOAD: Load = { prepareCarts, runLoad }

/**
 * Runs blocks until `blocks` of them are valid, at most one and a half times as many: a generator that cannot keep up
 * until then will not later. A block is valid when all of its slots are. Validity depends on the generator, but not only:
 * the limit of its lag is relative to the response time, so the limit of a fast slot is stricter, and leaving invalid
 * blocks out favours the slower target, if any. All slots are returned, including invalid ones, and a report says what
 * they would have changed.
 *
 * Ends early, with what was measured until then, when `signal` is aborted, a slot is cut off, none of its operations
 * succeeds, or a service no longer responds.
 *
 * @throws UsageError as `runLoad` does
 */
export async function runBlocks<Watched>(
  targets: readonly BlockTarget[],
  options: BlocksOptions<Watched>,
): Promise<Blocks<Watched>> {
  const { spec, blocks: wanted, signal } = options
  const slots: Slot<Watched>[] = []
  const most = Math.ceil(wanted * 1.5)
  try {
    for (let block = 0, valid = 0; block < most && valid < wanted; block++) {
      const { seed, order } = planBlock(spec.seed, block, targets.length)
      const blocks = Math.min(most, wanted + block - valid)
      for (const [place, index] of order.entries()) {
        const target = targets[index] as BlockTarget
        const progress = { block, blocks, side: target.side }
        const measured = await runSlot(target, { ...spec, seed }, progress, options)
        slots.push({ block, place, side: target.side, ...measured })
        const cut_off = signal?.aborted ? INTERRUPTED : reasonToEnd(measured.result, target, block)
        if (cut_off !== null) return { slots, cut_off }
      }
      const own = slots.slice(-order.length)
      const [reason = 'one of its runs is invalid'] = own.flatMap(
        ({ result }) => result.invalid_because,
      )
      if (own.every(({ result }) => result.valid)) valid++
      else if (wanted + block - valid < most) options.onInvalid?.(block, reason)
    }
    return { slots, cut_off: null }
  } catch (error) {
    return { slots, cut_off: cutOffBy(error, signal) }
  }
}

async function runSlot<Watched>(
  target: BlockTarget,
  spec: LoadSpec,
  progress: Omit<BlocksProgress, 'load'>,
  { signal, limits, generators, telemetry, onProgress, watch, load = LOAD }: BlocksOptions<Watched>,
): Promise<Pick<Slot<Watched>, 'result' | 'watched'>> {
  const report = (own: LoadProgress) => onProgress?.({ ...progress, load: own })
  const carts = await load.prepareCarts(spec, target, { signal, onProgress: report })
  const finish = await watch(target)
  const result = await load.runLoad(
    spec,
    { ...target, carts },
    { signal, limits, generators, telemetry, onProgress: report },
  )
  return { result, watched: await finish() }
}

/** Outcomes without a request: they follow from others. */
const CONSEQUENCES: ReadonlySet<string> = new Set(['no_cart', 'unsent'])

/** Why no further slot makes sense, in one line; `null` where one does. */
function reasonToEnd(result: LoadResult, { url }: BlockTarget, block: number): string | null {
  const { cut_off, overall } = result
  if (cut_off !== null) return `${url}: ${cut_off}`
  if (overall.count === 0 || overall.succeeded > 0) return null
  const [outcome] = overall.outcomes
    .filter(({ kind }) => !CONSEQUENCES.has(kind))
    .toSorted((a, b) => b.count - a.count)
  const how = outcome === undefined ? '' : ` (${outcome.name})`
  return `${url}: no operation of block ${block + 1} succeeded${how}`
}
