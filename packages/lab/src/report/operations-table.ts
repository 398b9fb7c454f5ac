import { columns, type Row, type Table } from '../page/document.ts'
import { CORE_OPERATIONS, type CoreOperation } from '../results/operations.ts'
import { onlyOperation } from '../results/records.ts'
import { LATENCIES } from './contest.ts'
import type { Opponent } from './opponent.ts'
import { contestRow, opponentColumns } from './overall-table.ts'
import { operationWords } from './performance/words.ts'

/** Without P99, which is the maximum of 50 operations. */
const SHOWN = LATENCIES.filter(({ statistic }) => statistic !== 'p99')

/** Which target was faster in each operation, and by how much. */
export function operationsTable(a: Opponent, b: Opponent): Table {
  return {
    id: `operations-${a.side.key}-${b.side.key}`,
    caption: 'By operation',
    columns: [
      ...columns('Operation'),
      ...opponentColumns(a, b),
      ...columns('Faster', '#Faster by'),
    ],
    rows: CORE_OPERATIONS.flatMap((operation) => operationRows(a, b, operation)),
  }
}

function operationRows(a: Opponent, b: Opponent, operation: CoreOperation): Row[] {
  const only = (of: Opponent) => ({ ...of, run: onlyOperation(of.run, operation) })
  return SHOWN.map((latency, index) => {
    const row = contestRow(operation, only(a), only(b), latency)
    return index === 0 ? { group: operationWords(operation).title, ...row } : row
  })
}
