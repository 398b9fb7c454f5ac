import type { LoadPartFile } from '../results/load-part.ts'
import { OPERATIONS } from '../results/operations.ts'
import { decodeHistogram, type Histogram } from '../stats/histogram.ts'
import type { GeneratorReport } from './generator/messages.ts'
import { TIMED } from './generator/recorder.ts'
import { scheduleHash } from './schedule/hash.ts'

/**
 * Why the file of a part contradicts itself, as a clause; `null` if it does not. Edited and damaged files still match the
 * schema.
 */
export function contradictionIn({
  spec,
  schedule_sha256,
  generators,
}: LoadPartFile): string | null {
  if (scheduleHash(spec) !== schedule_sha256)
    return 'schedule_sha256 is not the digest of the schedule of its spec'
  for (const [index, report] of generators.entries()) {
    const found = contradictionInReport(report, spec.connections)
    if (found !== null) return `generators/${index}: ${found}`
  }
  return null
}

function contradictionInReport(report: GeneratorReport, connections: number): string | null {
  if (Number.isNaN(Date.parse(report.started_at))) return 'started_at is no time'
  let succeeded = 0
  for (const operation of OPERATIONS) {
    const { outcomes, response, service } = report.tallies[operation]
    const [responses, services] = [opened(response), opened(service)]
    if (responses === null || services === null) return `a histogram of ${operation} is damaged`
    const counted = (wanted: (kind: (typeof outcomes)[number]['kind']) => boolean) =>
      outcomes.reduce((sum, { kind, count }) => sum + (wanted(kind) ? count : 0), 0)
    const timed = counted((kind) => TIMED.has(kind))
    if (timed !== responses.totalCount)
      return `${operation} has ${timed} timed outcomes and ${responses.totalCount} times`
    succeeded += counted((kind) => kind === 'ok')
  }
  // Operations of the warm-up that ended in the measured time are counted there, and in no tally.
  if (report.ok_in_time > succeeded + connections)
    return `ok_in_time is ${report.ok_in_time}, with ${succeeded} successes`
  const others = [report.lag, ...report.series.flatMap(({ times }) => times ?? [])]
  return others.some((text) => opened(text) === null) ? 'a histogram is damaged' : null
}

function opened(text: string): Histogram | null {
  try {
    return decodeHistogram(text)
  } catch {
    return null
  }
}
