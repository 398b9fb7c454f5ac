import { MIN_BLOCKS } from '../results/enough-blocks.ts'
import type { CompareSettings } from './compare-settings.ts'

/** Runs of a search for the capacity of one target: doubling or halving, bisecting to 5 %, and a confirmation. */
const SEARCH_RUNS = 12
const LONG_S = 60

/**
 * What is to be known before a comparison under load starts: about how long it takes, and that too few blocks can show
 * nothing.
 */
export function announcements(
  { load, objective }: Pick<CompareSettings, 'load' | 'objective'>,
  targets: number,
): string[] {
  if (load === null) return []
  const { blocks, spec } = load
  const lines: string[] = []
  if (blocks < MIN_BLOCKS)
    lines.push(
      `--blocks ${blocks} can show no difference: that requires at least ${MIN_BLOCKS} valid blocks`,
    )
  const perRun = spec.warmup_s + spec.duration_s
  const runs = blocks * targets + (objective === null ? 0 : SEARCH_RUNS * targets)
  // A number of operations takes as long as the service takes.
  if (spec.operations === null && runs * perRun >= LONG_S) {
    const search = objective === null ? '' : ' and a capacity search'
    lines.push(
      `about ${Math.ceil((runs * perRun) / 60)} minutes: ${blocks} blocks of ${targets} targets${search}, at most ${perRun} s per run`,
    )
  }
  return lines
}
