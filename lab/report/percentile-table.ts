import type { Side } from '../compare/side.ts'
import { percentile } from '../stats/percentile.ts'
import { milliseconds } from './format.ts'
import { type OperationSamples, type Row, type Table, text } from './model.ts'

const RANKS = [
  { name: 'Fastest', id: 'min', p: 0 },
  { name: 'P25', id: 'p25', p: 25 },
  { name: 'P50', id: 'p50', p: 50 },
  { name: 'P75', id: 'p75', p: 75 },
  { name: 'P95', id: 'p95', p: 95 },
  { name: 'P99', id: 'p99', p: 99 },
  { name: 'Slowest', id: 'max', p: 100 },
] as const

/** The plots as a table: the spread of every operation on every side. */
export function percentileTable(
  sides: readonly Side[],
  operations: readonly OperationSamples[],
  notes: readonly string[],
): Table {
  return {
    id: 'percentiles',
    caption: 'Spread of the response times',
    columns: [
      { text: 'Percentile' },
      ...sides.map((side, place) => ({ text: side.label, side: place, numeric: true })),
    ],
    rows: operations.flatMap((operation) => rowsOf(sides, operation)),
    notes,
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
