import type { LoadResult } from '../results/load-result.ts'
import { figure, textTable } from '../terminal/text-table.ts'

const COLUMNS = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const

/** The figures of a load as lines. */
export function loadTable(result: LoadResult): string[] {
  const { overall, operations, offered_rate, achieved_rate, measured_s, generator } = result
  const warmUp = warmUpWords(result)
  const rows = [...operations, { operation: 'overall', ...overall }].map((figures) => [
    figures.operation,
    String(figures.count),
    String(figures.failed),
    ...COLUMNS.map((column) => figure(figures.response_time[column])),
  ])
  const head = ['operation', 'count', 'failed', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max', 'mean']
  const service = overall.service_time
  const offered = offered_rate === null ? '' : `offered ${rate(offered_rate)}, `
  return [
    ...textTable([head, ...rows]),
    result.spec.loop === 'closed'
      ? 'response times in milliseconds, from the send time: a closed loop has no intended send time'
      : 'response times in milliseconds, from the intended send time; - for too few samples',
    `service time, from the send time: p50 ${figure(service.p50)}, p99 ${figure(service.p99)}, max ${figure(service.max)}`,
    `${offered}achieved ${rate(achieved_rate)}, over ${measured_s.toFixed(1)} s`,
    ...(warmUp === null ? [] : [warmUp]),
    ...reconnectLines(result),
    ...longerLines(result),
    `generator: ${Math.round(generator.utilisation * 100)} % busy, lag ${figure(generator.lag.p50)} ms at p50, ${figure(generator.lag.max)} ms maximum`,
    ...eachLines(result),
    `schedule ${result.schedule_sha256.slice(0, 16)}, seed ${result.spec.seed}`,
  ]
}

/** One line for each of several generators. */
function eachLines({ generator: { each = [] } }: LoadResult): string[] {
  return each.map(
    ({ count, failed, utilisation, lag }, index) =>
      `  ${index + 1} of ${each.length}: ${count} operations, ${failed} failed, ${Math.round(utilisation * 100)} % busy, lag ${figure(lag.p50)} ms at p50, ${figure(lag.max)} ms maximum`,
  )
}

/** The duration after which the P99 of every operation has its samples. */
function longerLines({ operations, measured_s: measured, spec }: LoadResult): string[] {
  if (spec.operations !== null || measured === 0) return []
  const few = operations.filter(({ response_time: { count, p99 } }) => p99 === null && count > 0)
  if (few.length === 0) return []
  const seconds = few.map(({ response_time: { count } }) => (measured * P99_SAMPLES) / count)
  const names = few.map(({ operation }) => operation).join(', ')
  return [
    `P99 of ${names}: requires 1,000 samples of each; --duration ${Math.ceil(1.1 * Math.max(...seconds))} would have them`,
  ]
}

const P99_SAMPLES = 1000

/** A service that closes its connections makes most of a response time the connecting. */
function reconnectLines({ series, generator: { connections_opened: opened } }: LoadResult) {
  const operations = series.reduce((sum, { count }) => sum + count, 0)
  if (opened < RECONNECTED * operations) return []
  return [
    `${opened} connections were opened for ${operations} operations: the service closes them, and connecting is part of the response times`,
  ]
}

/** Connections for each operation; a run reuses its own thousands of times. */
const RECONNECTED = 0.5

/** How the warm-up ended; `null` without a warm-up. */
function warmUpWords({ warm_up: { seconds, ended_by, trend_p } }: LoadResult): string | null {
  if (ended_by === 'none') return null
  const took = `warm-up ${seconds.toFixed(1)} s: `
  if (ended_by === 'steady') return `${took}no trend in its last windows`
  if (ended_by === 'cut_off') return `${took}interrupted`
  return trend_p.p50 === null
    ? `${took}NOT KNOWN TO BE STEADY, too few responses (--warmup for longer)`
    : `${took}NOT STEADY, there was still a trend (--warmup for longer)`
}

function rate(value: number | null): string {
  return value === null ? '-' : `${value.toFixed(1)}/s`
}
