import type { Environment } from '../compare/environment.ts'
import type { ComparisonFile } from '../results/comparison-file.ts'
import type { Cell, Figure, Prose, Row, Section, Table } from './model.ts'

/**
 * Where figures come from. A figure's `source` is the anchor of a row in the report's last table; the row
 * names the records in `results.json` as JSON pointers (RFC 6901, `results.json#/load/slots/3`). Runs
 * and rates that have a row of their own name their record in it. A link within the page works in a file that was opened offline, which a pointer into another file does not.
 */

/** The file that the pointers point into, beside the report. */
export const RESULTS_FILE = 'results.json'

/** Anchors of the table's rows. */
export const sourceOf = {
  /** Of a side's key, or of a pair `a:b`: the last part of a figure's id says whose it is. */
  quickLook: (key: string) => anchor('quick_look', key),
  consistency: (key: string) => anchor('consistency', key),
  load: (key: string) => anchor('load', key),
  /** The load at other rates, of a side's key. */
  growth: (key: string) => anchor('growth', key),
  capacity: (side: number, point: number) => anchor('capacity', `${side}-${point}`),
}

/** The same figure, with its source. */
export function from(source: string, figure: Figure): Figure {
  return { ...figure, source }
}

/** A sentence whose figures come from the records that their ids end with. */
export function attribute(prose: Prose, source: (key: string) => string): Prose {
  return prose.map((part) =>
    typeof part !== 'string' && part.kind === 'figure' ? named(part, source) : part,
  )
}

/** The same of a table. */
export function attributeTable(table: Table, source: (key: string) => string): Table {
  const cellOf = (cell: Cell): Cell => {
    if (cell.kind === 'figure') return named(cell, source)
    return cell.kind === 'prose' ? { ...cell, prose: attribute(cell.prose, source) } : cell
  }
  return {
    ...table,
    rows: table.rows.map((row) => ({ ...row, cells: row.cells.map(cellOf) })),
  }
}

function named(figure: Figure, source: (key: string) => string): Figure {
  const key = figure.id.slice(figure.id.lastIndexOf('.') + 1)
  return from(source(key), figure)
}

type Parts = Pick<
  ComparisonFile,
  'environment' | 'quick_look' | 'consistency' | 'load' | 'capacity' | 'growth'
>

/** The last section: every record that a figure links to. */
export function recordsSection(parts: Parts): Section {
  const rows = [
    ...recordRows(parts.environment, 'Quick look', sourceOf.quickLook, '/quick_look'),
    ...recordRows(parts.environment, 'Consistency test', sourceOf.consistency, '/consistency'),
    ...loadRows(parts),
    ...growthRows(parts),
  ]
  return {
    id: 'records',
    title: 'Where every number comes from',
    contents: [
      {
        kind: 'prose',
        prose: [
          `Every number above links to its row here or has its record beside it. The row names the records in ${RESULTS_FILE}, the file beside this one, as JSON pointers: ${RESULTS_FILE}#/load/slots/3 is the fourth entry of "slots" in "load".`,
        ],
      },
      {
        kind: 'table',
        table: {
          id: 'record-table',
          caption: 'Records',
          columns: [{ text: 'Figures of' }, { text: 'Records' }, { text: 'Which' }],
          rows,
          notes: [],
        },
      },
    ],
  }
}

/** A row for each side, and one for each pair. */
function recordRows(
  { sides }: Environment,
  what: string,
  source: (key: string) => string,
  pointer: string,
): Row[] {
  const [first, ...others] = sides
  const row = (key: string, label: string, which: string) =>
    recordRow(source(key), `${what}: ${label}`, pointer, which)
  return [
    ...sides.map(({ key, label }) => row(key, label, `"database": "${key}"`)),
    ...others.flatMap((other) =>
      first === undefined || pointer === '/consistency'
        ? []
        : [
            row(
              `${first.key}:${other.key}`,
              `${first.label} against ${other.label}`,
              `"database": "${first.key}" or "${other.key}"`,
            ),
          ],
    ),
  ]
}

function loadRows({ environment, load }: Parts): Row[] {
  if (load === null) return []
  const [first, ...others] = environment.sides
  const whole = (key: string, label: string, which: string) =>
    recordRow(sourceOf.load(key), `Load: ${label}`, '/load/slots', which)
  return [
    ...environment.sides.map(({ key, label }) =>
      whole(key, label, `"side": "${key}", in valid blocks`),
    ),
    ...others.flatMap((other) =>
      first === undefined
        ? []
        : [
            whole(
              `${first.key}:${other.key}`,
              `${first.label} against ${other.label}`,
              `"side": "${first.key}" or "${other.key}", in valid blocks`,
            ),
          ],
    ),
  ]
}

function growthRows({ environment, growth }: Parts): Row[] {
  return (growth?.sides ?? []).map(({ side }, place) => {
    const label = environment.sides.find(({ key }) => key === side)?.label ?? side
    const which = 'valid runs that kept up, and the blocks'
    return recordRow(
      sourceOf.growth(side),
      `Load at other rates: ${label}`,
      `/growth/sides/${place}`,
      which,
    )
  })
}

function recordRow(id: string, title: string, pointer: string, which: string): Row {
  return {
    id,
    cells: [{ kind: 'text', text: title }, recordCell(pointer), { kind: 'text', text: which }],
  }
}

/** A link to a record by its JSON pointer. */
export function recordCell(pointer: string): Cell {
  const href = `${RESULTS_FILE}#${pointer}`
  return { kind: 'text', text: href, href }
}

function anchor(kind: string, key: string): string {
  return `from-${kind}-${key.replace(':', '_')}`
}
