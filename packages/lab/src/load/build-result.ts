import { type LoadResult, type LoadSecond, requireLoadResult } from '../results/load-result.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import { describeMachine, packageVersion } from '../results/machine.ts'
import { OPERATIONS } from '../results/operations.ts'
import {
  decodeHistogram,
  encodeHistogram,
  type Histogram,
  mergeHistograms,
  summariseHistogram,
} from '../stats/histogram.ts'
import { mergeOutcomes } from './generator/merge-reports.ts'
import type {
  EncodedTally,
  GeneratorReport,
  MergedReport,
  OutcomeCount,
} from './generator/messages.ts'
import { findBottleneck, type HealthLimits } from './health.ts'
import { scheduleHash } from './schedule/hash.ts'

export interface ResultOptions {
  readonly limits?: HealthLimits | undefined
  /** Whether the result has the response times of every second. */
  readonly keepsTimes?: boolean | undefined
  /** Where it ran; this machine by default. */
  readonly environment?: LoadResult['environment'] | undefined
}

/** The machine and the version of this process. */
export function loadEnvironment(): LoadResult['environment'] {
  return { pushcart_version: packageVersion() ?? 'unknown', ...describeMachine() }
}

/** The result of a run: the generators' report, its figures, and whether each generator kept up. */
export function buildResult(
  spec: LoadSpec,
  url: string,
  report: GeneratorReport & Partial<Pick<MergedReport, 'generators'>>,
  { limits, keepsTimes = false, environment = loadEnvironment() }: ResultOptions = {},
): LoadResult {
  const { generators = [report] } = report
  const decoded = OPERATIONS.map((operation) => ({
    operation,
    ...decode(report.tallies[operation]),
  })).filter(({ outcomes }) => outcomes.length > 0)
  const overall = figuresOf(mergeTallies(decoded))
  const begun = report.warm_up === null ? 0 : (report.measured_from_s ?? report.elapsed_s)
  const measured = measuredTime(spec, report, begun)
  const bottleneck = generators.flatMap((generator, index) => {
    const name = generators.length === 1 ? null : `generator ${index + 1} of ${generators.length}`
    const lag = spec.loop === 'open' ? summariseHistogram(decodeHistogram(generator.lag)) : null
    const figures = { utilisation: generator.utilisation, lag, response: overall.response_time }
    const seconds = measuredSeconds(secondsOf(generator), begun, begun + measured)
    return findBottleneck(figures, seconds, limits, name)
  })
  const reasons = overall.count === 0 ? ['nothing was measured', ...bottleneck] : bottleneck
  return requireLoadResult({
    format: 'pushcart load result',
    version: 1,
    started_at: report.started_at,
    valid: reasons.length === 0,
    invalid_because: reasons,
    partial: report.cut_off !== null,
    cut_off: report.cut_off,
    spec,
    schedule_sha256: scheduleHash(spec),
    target: { url },
    warm_up: warmUpOf(report, begun),
    measured_s: round(measured),
    offered_rate: spec.loop === 'closed' ? null : rateOf(overall.count, measured),
    achieved_rate: rateOf(report.ok_in_time, measured),
    retries: 0,
    overall,
    operations: decoded.map(({ operation, ...tally }) => ({ operation, ...figuresOf(tally) })),
    series: secondsOf(report).map(({ times, ...second }) =>
      keepsTimes && times !== undefined ? { ...second, response_times: times } : second,
    ),
    generator: {
      ...generatorFigures(report),
      connections_opened: report.connections_opened,
      ...(generators.length > 1 && { each: generators.map(oneOf) }),
    },
    environment,
  })
}

function secondsOf({ series, elapsed_s }: GeneratorReport) {
  return series.filter(({ second }) => second < Math.ceil(elapsed_s))
}

function generatorFigures({ utilisation, cpu_s, lag }: GeneratorReport) {
  return {
    utilisation: round(utilisation),
    cpu_s: round(cpu_s),
    lag: summariseHistogram(decodeHistogram(lag)),
  }
}

/** What one of several generators did. */
function oneOf(report: GeneratorReport) {
  const outcomes = mergeOutcomes(OPERATIONS.flatMap((of) => report.tallies[of].outcomes))
  const { count, failed } = countsOf(outcomes)
  return { count, failed, ...generatorFigures(report) }
}

interface Decoded {
  readonly outcomes: readonly OutcomeCount[]
  readonly response: Histogram
  readonly service: Histogram
}

function decode({ outcomes, response, service }: EncodedTally): Decoded {
  return { outcomes, response: decodeHistogram(response), service: decodeHistogram(service) }
}

function mergeTallies(tallies: readonly Decoded[]): Decoded {
  return {
    outcomes: mergeOutcomes(tallies.flatMap(({ outcomes }) => outcomes)),
    response: mergeHistograms(tallies.map(({ response }) => response)),
    service: mergeHistograms(tallies.map(({ service }) => service)),
  }
}

function countsOf(outcomes: readonly OutcomeCount[]) {
  const sum = (counted: readonly OutcomeCount[]) =>
    counted.reduce((total, { count }) => total + count, 0)
  const succeeded = sum(outcomes.filter(({ kind }) => kind === 'ok'))
  const interrupted = sum(outcomes.filter(({ kind }) => kind === 'interrupted'))
  const count = sum(outcomes)
  return { count, succeeded, failed: count - succeeded - interrupted }
}

function figuresOf({ outcomes, response, service }: Decoded) {
  return {
    ...countsOf(outcomes),
    outcomes: [...outcomes].sort((a, b) => b.count - a.count),
    response_time: summariseHistogram(response),
    service_time: summariseHistogram(service),
    histograms: {
      response_time: encodeHistogram(response),
      service_time: encodeHistogram(service),
    },
  }
}

function warmUpOf({ warm_up, measured_from_s }: GeneratorReport, begun: number) {
  const { steady = false, trend_p = { p50: null, rate: null }, windows = [] } = warm_up ?? {}
  const end = measured_from_s === null ? 'cut_off' : steady ? 'steady' : 'time'
  return {
    seconds: round(begun),
    ended_by: warm_up === null ? ('none' as const) : end,
    trend_p,
    windows: windows.map(({ until, p50, rate }) => ({
      until: round(until),
      p50: round(p50),
      rate: round(rate),
    })),
  }
}

/** Seconds that were measured: fewer than the spec's when the run was cut off. */
function measuredTime(
  spec: LoadSpec,
  { elapsed_s, cut_off }: GeneratorReport,
  begun: number,
): number {
  const passed = Math.max(0, elapsed_s - begun)
  if (spec.operations !== null) return passed
  return cut_off === null ? spec.duration_s : Math.min(passed, spec.duration_s)
}

/** The seconds that were measured completely; in a run without any, those that were measured in part. */
function measuredSeconds(series: readonly LoadSecond[], from: number, to: number) {
  const whole = series.slice(Math.ceil(from), Math.max(Math.ceil(from), Math.floor(to)))
  return whole.length > 0 ? whole : series.slice(Math.floor(from))
}

function rateOf(count: number, seconds: number): number | null {
  return seconds > 0 ? round(count / seconds) : null
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
