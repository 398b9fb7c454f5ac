import { type Row, seriesColumns, type Table, text } from '../page/document.ts'
import type { Side } from '../results/side.ts'
import { percentile } from '../stats/percentile.ts'
import { milliseconds } from './format.ts'
import type { OperationSamples } from './model.ts'

const RANKS = [
  { name: 'Minimum', id: 'min', p: 0 },
  { name: 'P25', id: 'p25', p: 25 },
  { name: 'P50', id: 'p50', p: 50 },
  { name: 'P75', id: 'p75', p: 75 },
  { name: 'P95', id: 'p95', p: 95 },
  { name: 'P99', id: 'p99', p: 99 },
  { name: 'Maximum', id: 'max', p: 100 },
] as const

/** The distribution of response times, by operation and target. */
export function percentileTable(
  sides: readonly Side[],
  operations: readonly OperationSamples[],
): Table {
  return {
    id: 'percentiles',
    caption: 'Percentiles of the response times',
    columns: [{ text: 'Percentile' }, ...seriesColumns(sides)],
    rows: operations.flatMap((operation) => rowsOf(sides, operation)),
  }
}

function rowsOf(sides: readonly Side[], { operation, title, samples }: OperationSamples): Row[] {
  const sorted = samples.map((times) => [...times].sort((a, b) => a - b))
  return RANKS.map(({ name, id, p }, index) => ({
    ...(index === 0 ? { group: title } : {}),
    cells: [
      text(name),
      ...sides.map(({ key }, place) => {
        const times = sorted[place] ?? []
        const value = times.length === 0 ? null : percentile(times, p)
        return milliseconds(`${operation}.${id}.${key}`, value)
      }),
    ],
  }))
}
