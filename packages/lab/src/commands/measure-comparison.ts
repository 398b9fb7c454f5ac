import { describeRun } from '../compare/describe-run.ts'
import { measure } from '../compare/measure.ts'
import { checkTargets, measureCapacity, measureLoad } from '../compare/measure-load.ts'
import { measureRequirements } from '../compare/requirements/measure-requirements.ts'
import { INTERRUPTED } from '../errors/load-error.ts'
import { measureNetwork } from '../faults/network.ts'
import type { RunLoadOptions } from '../load/run-load.ts'
import type { ComparisonParts } from '../results/comparison-file.ts'
import { tooFewBlocks } from '../results/enough-blocks.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import type { Target } from '../services/target.ts'
import type { CommandIo } from '../terminal/io.ts'
import { announcements } from './announce-comparison.ts'
import { chooseFor } from './choose-generators.ts'
import type { CompareSettings } from './compare-settings.ts'
import type { CompareView } from './compare-view.ts'

interface Surroundings {
  readonly view: CompareView
  /** See `MeasureOptions`. */
  readonly timeLimitMs: number | undefined
  /** See `RunLoadOptions`. */
  readonly limits: RunLoadOptions['limits']
  readonly telemetry: RunLoadOptions['telemetry']
  readonly io: CommandIo
}

interface MeasuredComparison {
  readonly parts: ComparisonParts
  /** Why it ended early, in one line; `null` if it is complete. */
  readonly cut_off: string | null
}

/**
 * Runs all requested measurements in sequence, until one ends early.
 *
 * @throws LoadError, UsageError as `runLoad` does, if a load cannot start
 */
export async function measureAll(
  targets: readonly Target[],
  settings: CompareSettings,
  surroundings: Surroundings,
): Promise<MeasuredComparison> {
  const { view, timeLimitMs, io } = surroundings
  const { signal } = io
  if (settings.load !== null) await checkTargets(targets, settings.load.spec, signal)
  for (const line of announcements(settings, targets.length)) io.err(line)
  announceGenerators(targets, settings, io)
  const network = settings.rttMs === null ? undefined : await measureNetwork(settings.rttMs, signal)
  const quick = { ...settings, timeLimitMs, signal, onProgress: view.quick }
  const { combined, consistency, cut_off } = await measure(targets, quick)
  const parts: ComparisonParts = {
    environment: describeRun(
      settings,
      targets.map(({ side }) => side),
      network,
    ),
    quick_look: combined,
    consistency,
    load: null,
    capacity: null,
  }
  if (cut_off !== null) return { parts, cut_off }
  const measured = await measureUnderLoad(parts, targets, settings, surroundings)
  return { ...measured, cut_off: signal?.aborted ? INTERRUPTED : measured.cut_off }
}

function announceGenerators(
  targets: readonly Target[],
  { load, generators }: CompareSettings,
  io: CommandIo,
): void {
  if (load === null) return
  const { why } = chooseFor(
    load.spec,
    targets.map(({ url }) => url),
    generators,
  )
  if (why !== null) io.err(why)
}

/** Runs the requested measurements after the quick look. */
async function measureUnderLoad(
  before: ComparisonParts,
  targets: readonly Target[],
  { load, objective, requirements, seed, generators }: CompareSettings,
  { view, limits, telemetry, io }: Surroundings,
): Promise<MeasuredComparison> {
  const urls = targets.map(({ url }) => url)
  const underLoad = {
    signal: io.signal,
    limits,
    telemetry,
    generators: (spec: LoadSpec) => chooseFor(spec, urls, generators).count,
    onProgress: view.load,
    onInvalid: view.invalid,
  }
  let parts = before
  if (load !== null) {
    const blocks = await measureLoad(targets, { ...load, ...underLoad })
    parts = { ...parts, load: blocks.part }
    if (blocks.cut_off !== null) return { parts, cut_off: blocks.cut_off }
    const few = tooFewBlocks(blocks.part, targets.length)
    if (objective !== null && few !== null) {
      // The search would take minutes and be as invalid as the blocks.
      io.err(`not measured: the capacity, since ${few}`)
    } else if (objective !== null) {
      const search = await measureCapacity(targets, { ...load, ...underLoad, objective })
      parts = { ...parts, capacity: search.part }
      if (search.cut_off !== null) return { parts, cut_off: search.cut_off }
    }
  }
  if (!requirements) return { parts, cut_off: null }
  const more = await measureRequirements(targets, {
    ...underLoad,
    seed,
    load: parts.load,
    products: load?.spec.products ?? 1000,
    seconds: Math.min(REQUIREMENT_S, load?.spec.duration_s ?? REQUIREMENT_S),
    onSkipped: (reason) => io.err(`not measured: ${reason}`),
  })
  return { parts: { ...parts, ...more.parts }, cut_off: more.cut_off }
}

/** Maximum seconds of each run for the requirements; a shorter load has shorter runs. */
const REQUIREMENT_S = 5
