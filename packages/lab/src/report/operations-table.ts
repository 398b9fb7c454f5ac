import { type Row, type Table, text } from '../page/document.ts'
import { CORE_OPERATIONS, type CoreOperation } from '../results/operation-kinds.ts'
import { onlyOperation } from '../results/records.ts'
import { contest, LATENCIES, type LatencyStatistic } from './contest.ts'
import { milliseconds, percentage } from './format.ts'
import type { Opponent } from './opponent.ts'
import { winnerCell } from './overall-table.ts'
import { operationWords } from './performance/words.ts'

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
    rows: CORE_OPERATIONS.flatMap((operation) => operationRows(a, b, operation)),
    notes,
  }
}

function operationRows(a: Opponent, b: Opponent, operation: CoreOperation): Row[] {
  return SHOWN.map(({ statistic, title }, index) => {
    const row = operationRow(a, b, operation, statistic, title)
    return index === 0 ? { group: operationWords(operation).title, ...row } : row
  })
}

function operationRow(
  a: Opponent,
  b: Opponent,
  operation: CoreOperation,
  statistic: LatencyStatistic,
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
