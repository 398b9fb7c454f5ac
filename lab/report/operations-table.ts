import { type Row, type Table, text } from '../page/document.ts'
import { OPERATIONS, type Operation } from '../workload/perf-record.ts'
import { contest, LATENCIES, type Latency } from './contest.ts'
import { milliseconds, percentage } from './format.ts'
import { operationWords } from './load/words.ts'
import type { Opponent } from './opponent.ts'
import { winnerCell } from './overall-table.ts'
import { onlyOperation } from './records.ts'

/** Without P99, which is the maximum of 50 operations. */
const SHOWN = LATENCIES.filter(({ statistic }) => statistic !== 'p99')

/** Which target was faster in each operation, and by how much. */
export function operationsTable(a: Opponent, b: Opponent, notes: readonly string[]): Table {
  return {
    id: `operations-${a.side.key}-${b.side.key}`,
    caption: 'By operation',
    columns: [
      { text: 'Operation' },
      { text: a.side.label, side: a.place, numeric: true },
      { text: b.side.label, side: b.place, numeric: true },
      { text: 'Faster' },
      { text: 'Faster by', numeric: true },
    ],
    rows: OPERATIONS.flatMap((operation) => operationRows(a, b, operation)),
    notes,
  }
}

function operationRows(a: Opponent, b: Opponent, operation: Operation): Row[] {
  return SHOWN.map(({ statistic, title }, index) => {
    const row = operationRow(a, b, operation, statistic, title)
    return index === 0 ? { group: operationWords(operation).title, ...row } : row
  })
}

function operationRow(
  a: Opponent,
  b: Opponent,
  operation: Operation,
  statistic: Latency,
  title: string,
): Row {
  const result = contest(
    onlyOperation(a.run, operation),
    onlyOperation(b.run, operation),
    statistic,
  )
  return {
    cells: [
      text(title),
      milliseconds(`${operation}.${statistic}.${a.side.key}`, result.a),
      milliseconds(`${operation}.${statistic}.${b.side.key}`, result.b),
      winnerCell(a, b, result),
      percentage(`${operation}.${statistic}.margin.${a.side.key}:${b.side.key}`, result.lessBy),
    ],
  }
}
