import { GUARANTEES } from '../../../packages/histories/src/check/report.ts'
import { type Cell, type Table, text } from '../../page/document.ts'
import { GUARANTEE_MEANS } from './meanings.ts'
import { COLUMNS, type Explained, type MatrixCell, matrixOf, spaced } from './words.ts'

/** The matrix guarantee x store x read mode. */
export function matrixTable(stores: readonly Explained[], names: readonly string[]): Table {
  const matrices = stores.map(({ report }) => matrixOf(report))
  const columns = COLUMNS.map((column) => (column === 'changes' ? column : `${column} reads`))
  return {
    id: 'matrix',
    caption:
      'Verdict on each guarantee, by changes and read mode, with the number of operations checked',
    columns: [
      { text: 'guarantee' },
      ...names.flatMap((name) =>
        columns.map((column) => ({ text: column, ...(stores.length > 1 && { group: name }) })),
      ),
    ],
    rows: GUARANTEES.map((guarantee, row) => ({
      cells: [
        { kind: 'text', text: spaced(guarantee), detail: GUARANTEE_MEANS[guarantee] },
        ...matrices.flatMap((matrix) => (matrix[row]?.cells ?? []).map(tonedCell)),
      ],
    })),
    notes: [],
  }
}

const TONES: Readonly<Record<MatrixCell['kind'], 'good' | 'bad' | 'muted'>> = {
  holds: 'good',
  violated: 'bad',
  unknown: 'muted',
  unpromised: 'muted',
  unchecked: 'muted',
  absent: 'muted',
}

function tonedCell({ kind, text: words }: MatrixCell): Cell {
  return kind === 'absent' ? text('') : { kind: 'text', text: words, tone: TONES[kind] }
}
