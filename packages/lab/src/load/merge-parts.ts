import { UsageError } from '../errors/usage-error.ts'
import type { LoadPartFile } from '../results/load-part.ts'
import type { LoadResult } from '../results/load-result.ts'
import { buildResult } from './build-result.ts'
import { mergeReports } from './generator/merge-reports.ts'
import type { WarmUpReport } from './generator/warm-up.ts'
import type { HealthLimits } from './health.ts'

/** A part and the file that it came from. */
export interface NamedPart {
  readonly file: string
  readonly part: LoadPartFile
}

/** The measured times of all parts have to overlap for at least this share of the time that they cover together. */
const MIN_OVERLAP = 0.9

/**
 * The result of a load whose parts ran on several machines: all counts and histograms are those that one machine would have
 * recorded of the same responses.
 *
 * @param parts in any order
 * @throws UsageError in one line when one is missing or does not belong to the others
 */
export function mergeParts(
  parts: readonly NamedPart[],
  limits?: HealthLimits | undefined,
): LoadResult {
  const sorted = parts.toSorted((a, b) => a.part.part.index - b.part.part.index)
  requireTogether(sorted)
  requireComplete(sorted)
  requireOverlap(sorted)
  const [{ part: first }] = sorted as [NamedPart, ...NamedPart[]]
  const reports = sorted.flatMap(({ part }) => part.generators)
  const merged = mergeReports(reports, mergeWarmUps(sorted.map(({ part }) => part.warm_up)))
  const result = buildResult(first.spec, first.target.url, merged, {
    limits,
    keepsTimes: true,
    environment: first.environment,
  })
  return {
    ...result,
    parts: sorted.map(({ part }) => ({
      started_at: new Date(startOf(part)).toISOString(),
      clock_offset_ms: part.clock?.offset_ms ?? null,
      environment: part.environment,
    })),
  }
}

/** What the parts of one load have in common. */
function identityOf({
  part,
  spec,
  schedule_sha256,
  target,
  environment,
}: LoadPartFile): Readonly<Record<string, unknown>> {
  const { warmup_s, duration_s, operations, seed, connections, ...rest } = spec
  return {
    seed,
    schedule: schedule_sha256,
    warmup: warmup_s,
    duration: duration_s,
    operations,
    connections,
    ...Object.fromEntries(
      Object.entries(rest).map(([name, value]) => [
        name,
        typeof value === 'object' ? JSON.stringify(value) : value,
      ]),
    ),
    service: target.url,
    'number of parts': part.of,
    'version of pushcart': environment.pushcart_version,
  }
}

function requireTogether(parts: readonly NamedPart[]): void {
  const [first, ...others] = parts
  if (first === undefined) throw new UsageError('merge: give the files of all parts')
  const wanted = identityOf(first.part)
  for (const { file, part } of others)
    for (const [name, value] of Object.entries(identityOf(part))) {
      const expected = wanted[name]
      if (value !== expected)
        throw new UsageError(
          `merge: ${file} and ${first.file} are not parts of one load: ${name} is ${value} and ${expected}`,
        )
    }
}

function requireComplete(parts: readonly NamedPart[]): void {
  const of = parts[0]?.part.part.of ?? 0
  for (let index = 1; index <= of; index++) {
    const found = parts.filter(({ part }) => part.part.index === index)
    if (found.length === 0) throw new UsageError(`merge: part ${index} of ${of} is missing`)
    if (found.length > 1)
      throw new UsageError(
        `merge: part ${index} of ${of} is there twice: ${found.map(({ file }) => file).join(', ')}`,
      )
  }
}

function requireOverlap(parts: readonly NamedPart[]): void {
  const spans = parts.map(({ part }) => measuredSpan(part)).filter((span) => span !== null)
  const [from, to] = [spans.map(([begins]) => begins), spans.map(([, ends]) => ends)]
  const common = Math.min(...to) - Math.max(...from)
  const whole = Math.max(...to) - Math.min(...from)
  if (spans.length === 0 || common >= MIN_OVERLAP * whole) return
  const share = Math.max(0, Math.round((100 * common) / whole))
  throw new UsageError(
    `merge: the parts were measured at the same time for ${share} % of their time only (at least ${100 * MIN_OVERLAP} %); give all of them the same --start-at`,
  )
}

/** When a part was measured, milliseconds since the epoch; `null` if it was cut off before. */
function measuredSpan(part: LoadPartFile): [from: number, to: number] | null {
  const { measured_from_s: from = null, elapsed_s = 0 } = part.generators[0] ?? {}
  if (from === null) return null
  const { operations, duration_s } = part.spec
  const ends = operations === null ? Math.min(elapsed_s, from + duration_s) : elapsed_s
  return [startOf(part) + 1000 * from, startOf(part) + 1000 * ends]
}

/** When a part started, by the service's clock where its offset is known. */
function startOf({ generators, clock }: LoadPartFile): number {
  return Date.parse(generators[0]?.started_at ?? '') + (clock?.offset_ms ?? 0)
}

/** Steady if every part was; the windows of different parts cannot be added. */
function mergeWarmUps(all: readonly (WarmUpReport | null)[]): WarmUpReport | null {
  const known = all.filter((one) => one !== null)
  if (known.length === 0) return null
  const least = (of: 'p50' | 'rate') => {
    const values = known.map(({ trend_p }) => trend_p[of])
    return values.includes(null) ? null : Math.min(...values.map((value) => value ?? 0))
  }
  return {
    steady: known.every(({ steady }) => steady),
    trend_p: { p50: least('p50'), rate: least('rate') },
    windows: [],
  }
}
