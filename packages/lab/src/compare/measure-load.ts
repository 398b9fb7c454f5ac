import { cutOffBy, INTERRUPTED, LoadError } from '../errors/load-error.ts'
import { checkService } from '../load/prepare.ts'
import { type LoadProgress, type RunLoadOptions, runLoad } from '../load/run-load.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import { errorRate, leastRate, meets, type Objective, secondsFor } from '../results/objective.ts'
import type { CapacityPart, CapacityPoint, LoadPart } from '../results/schemas.ts'
import type { Target } from '../services/target.ts'
import { watchService } from '../services/watch-service.ts'
import { runBlocks } from './run-blocks.ts'
import { searchHighestRate } from './search.ts'

export interface MeasureLoadOptions {
  readonly spec: LoadSpec
  /** Number of valid blocks to measure. */
  readonly blocks: number
  readonly margin: number
  readonly signal?: AbortSignal | undefined
  readonly limits?: RunLoadOptions['limits']
  readonly generators?: RunLoadOptions['generators']
  readonly telemetry?: RunLoadOptions['telemetry']
  /** @param parts completed and planned runs of the blocks */
  readonly onProgress: (
    phase: string,
    load: LoadProgress,
    parts?: { readonly of: 'blocks'; readonly done: number; readonly total: number },
  ) => void
  /** Called for a block that will be replaced. */
  readonly onInvalid?: ((block: number, reason: string) => void) | undefined
}

/** Why a part of a comparison ended before its time, beside what was measured; `null` when it did not. */
interface Interruptible<Part> {
  readonly part: Part
  /** Why it ended early; `null` if it is complete. */
  readonly cut_off: string | null
}

/**
 * Sends every target one request of each kind that the load needs, before anything is measured.
 *
 * @throws LoadError, UsageError as `runLoad` does
 */
export async function checkTargets(
  targets: readonly Target[],
  spec: LoadSpec,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const target of targets) await checkService(spec, target, signal)
}

/** Measures the blocks of a comparison. See `runBlocks` for what ends it early. */
export async function measureLoad(
  targets: readonly Target[],
  { spec, blocks, margin, onProgress, ...running }: MeasureLoadOptions,
): Promise<Interruptible<LoadPart>> {
  const byKey = new Map(targets.map((target) => [target.side.key, target]))
  const begun = new Set<string>()
  const { slots, cut_off } = await runBlocks(
    targets.map(({ side, url, access }) => ({ side: side.key, name: side.label, url, access })),
    {
      ...running,
      spec,
      blocks,
      onProgress: ({ block, blocks: of, side, load }) => {
        const phase = `block ${block + 1} of ${of}, ${byKey.get(side)?.side.label}`
        begun.add(`${block} ${side}`)
        const parts = { of: 'blocks' as const, done: begun.size - 1, total: of * targets.length }
        onProgress(phase, load, parts)
      },
      watch: ({ side, url, access }) => watchService({ url, access, ...byKey.get(side)?.own }),
    },
  )
  return { part: { spec, blocks, margin, slots }, cut_off }
}

export interface MeasureCapacityOptions {
  readonly objective: Objective
  /** Of one run, with the rate to try first. */
  readonly spec: LoadSpec
  readonly signal?: AbortSignal | undefined
  readonly limits?: RunLoadOptions['limits']
  readonly generators?: RunLoadOptions['generators']
  readonly telemetry?: RunLoadOptions['telemetry']
  readonly onProgress: MeasureLoadOptions['onProgress']
}

/** The highest rate to try. */
const MAX_RATE = 100_000

/** Searches the highest rate at which each target meets an objective, one target after the other. */
export async function measureCapacity(
  targets: readonly Target[],
  options: MeasureCapacityOptions,
): Promise<Interruptible<CapacityPart>> {
  const { objective, spec, signal } = options
  const sides: CapacityPart['sides'][number][] = []
  const part: CapacityPart = { objective: objective.text, sides }
  const start = spec.rate ?? DEFAULT_START
  try {
    for (const target of targets) {
      if (signal?.aborted) return { part, cut_off: INTERRUPTED }
      const points: CapacityPoint[] = []
      const side = { side: target.side.key, points, highest: null, limited_by: 'search' as const }
      const place = sides.push(side) - 1
      const run = async (rate: number) => {
        const { point, cut_off } = await runAt(rate, target, options)
        points.push(point)
        if (cut_off !== null && !signal?.aborted) throw new LoadError(`${target.url}: ${cut_off}`)
        return point
      }
      const least = leastRate(objective)
      const search = await searchHighestRate({ start, least, most: MAX_RATE, signal, run })
      sides[place] = { ...side, highest: search.highest, limited_by: search.limitedBy }
    }
    return { part, cut_off: null }
  } catch (error) {
    return { part, cut_off: cutOffBy(error, signal) }
  }
}

async function runAt(
  rate: number,
  { side, url, access }: Target,
  { objective, spec, onProgress, ...running }: MeasureCapacityOptions,
): Promise<{ readonly point: CapacityPoint; readonly cut_off: string | null }> {
  const onLoad = (load: LoadProgress) =>
    onProgress(`${objective.text} at ${rate}/s, ${side.label}`, load)
  const duration_s = secondsFor(objective, rate, spec.duration_s)
  const result = await runLoad(
    { ...spec, loop: 'open', rate, operations: null, duration_s },
    { url, access, name: side.label },
    { ...running, onProgress: onLoad },
  )
  const { p50, p99 } = result.overall.response_time
  const point = {
    rate,
    achieved: result.achieved_rate,
    p50,
    p99,
    error_rate: errorRate(result),
    meets: result.partial ? null : meets(objective, result),
  }
  return { point, cut_off: result.cut_off }
}

/** Operations per second that every service should sustain. */
const DEFAULT_START = 50
