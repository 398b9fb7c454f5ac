import { LoadError } from '../../errors/load-error.ts'
import { OPERATIONS } from '../../results/operations.ts'
import { decodeHistogram, encodeHistogram, mergeHistograms } from '../../stats/histogram.ts'
import type { EncodedTally, GeneratorReport, MergedReport, OutcomeCount } from './messages.ts'
import { type Second, secondTimes } from './series.ts'
import type { WarmUpReport } from './warm-up.ts'

/**
 * The reports of several generators as that of one: counts added, histograms merged. Each has the same origin of time.
 *
 * @param reports at least one
 * @param warmUp of all of them together; `null` if the report of a single generator has it
 * @throws LoadError when their measured times did not begin together
 */
export function mergeReports(
  reports: readonly GeneratorReport[],
  warmUp: WarmUpReport | null,
): MergedReport {
  const [first, ...others] = reports as [GeneratorReport, ...GeneratorReport[]]
  if (others.length === 0)
    return { ...first, warm_up: first.warm_up ?? warmUp, generators: [first] }
  const begun = new Set(reports.map(({ measured_from_s }) => measured_from_s))
  const cut = reports.find(({ cut_off }) => cut_off !== null)
  if (begun.size > 1 && cut === undefined)
    throw new LoadError('the measured times of the generators did not begin together')
  const sum = (of: (report: GeneratorReport) => number) =>
    reports.reduce((total, report) => total + of(report), 0)
  return {
    started_at: first.started_at,
    cut_off: firstCut(reports)?.cut_off ?? null,
    elapsed_s: Math.max(...reports.map(({ elapsed_s }) => elapsed_s)),
    measured_from_s: begun.has(null) ? null : first.measured_from_s,
    warm_up: warmUp,
    ok_in_time: sum(({ ok_in_time }) => ok_in_time),
    tallies: Object.fromEntries(
      OPERATIONS.map((operation) => [
        operation,
        mergeTallies(reports.map(({ tallies }) => tallies[operation])),
      ]),
    ) as MergedReport['tallies'],
    lag: mergeEncoded(reports.map(({ lag }) => lag)),
    series: mergeSeries(reports.map(({ series }) => series)),
    utilisation: Math.max(...reports.map(({ utilisation }) => utilisation)),
    cpu_s: sum(({ cpu_s }) => cpu_s),
    connections_opened: sum(({ connections_opened }) => connections_opened),
    generators: reports,
  }
}

/** The report of the generator that was cut off first: the others were stopped because of it. */
function firstCut(reports: readonly GeneratorReport[]): GeneratorReport | undefined {
  const cut = reports.filter(({ cut_off }) => cut_off !== null)
  return cut.toSorted((a, b) => a.elapsed_s - b.elapsed_s)[0]
}

function mergeTallies(tallies: readonly EncodedTally[]): EncodedTally {
  return {
    outcomes: mergeOutcomes(tallies.flatMap(({ outcomes }) => outcomes)),
    response: mergeEncoded(tallies.map(({ response }) => response)),
    service: mergeEncoded(tallies.map(({ service }) => service)),
  }
}

/** Adds the counts of the same outcome. */
export function mergeOutcomes(all: readonly OutcomeCount[]): OutcomeCount[] {
  const outcomes = new Map<string, OutcomeCount>()
  for (const { kind, name, count } of all) {
    const before = outcomes.get(`${kind} ${name}`)?.count ?? 0
    outcomes.set(`${kind} ${name}`, { kind, name, count: before + count })
  }
  return [...outcomes.values()]
}

function mergeEncoded(histograms: readonly string[]): string {
  return encodeHistogram(mergeHistograms(histograms.map(decodeHistogram)))
}

function mergeSeries(all: readonly (readonly Second[])[]): Second[] {
  const length = Math.max(...all.map((series) => series.length))
  return Array.from({ length }, (_, second) =>
    mergeSeconds(
      second,
      all.flatMap((series) => series[second] ?? []),
    ),
  )
}

function mergeSeconds(second: number, rows: readonly Second[]): Second {
  const sum = (of: (row: Second) => number) => rows.reduce((total, row) => total + of(row), 0)
  const times = mergeHistograms(rows.flatMap((row) => row.times ?? []).map(decodeHistogram))
  const known = rows.flatMap(({ utilisation }) => utilisation ?? [])
  return {
    second,
    count: sum(({ count }) => count),
    ended: sum(({ ended }) => ended),
    errors: sum(({ errors }) => errors),
    ...secondTimes(times),
    // Exact, while a decoded histogram has the end of the bucket.
    max: rows.reduce<number | null>((most, { max }) => larger(most, max), null),
    lag_max: Math.max(...rows.map(({ lag_max }) => lag_max)),
    utilisation: known.length === 0 ? null : Math.max(...known),
    ...(times.totalCount > 0 && { times: encodeHistogram(times) }),
  }
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}
