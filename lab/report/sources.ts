import { sideOf } from '../model/decide/side-of-store.ts'
import { STORE_NAMES, type StoreName } from '../model/terms/stores.ts'
import { type ComparisonFile, RESULTS_FILE } from '../results/comparison-file.ts'
import type { Environment } from '../results/environment.ts'
import type { Cell, Figure, Prose, Row, Section, Table } from './model.ts'

/**
 * Where figures come from. A figure's `source` is the anchor of a row in the report's last table; the row
 * names the records in `results.json` as JSON pointers (RFC 6901, `results.json#/load/slots/3`). Runs
 * and rates that have a row of their own name their record in it. A link within the page works in a file that was opened offline, which a pointer into another file does not.
 */

/**
 * A rendered report whose links lead into another file than `results.json` beside it.
 *
 * @param link the file as a page links to it
 */
export function relinked(rendered: string, link: string): string {
  return link === RESULTS_FILE
    ? rendered
    : rendered.replace(/results\.json(\\?#\/)/g, (_, pointer) => `${link}${pointer}`)
}

/** Anchors of the table's rows. */
export const sourceOf = {
  /** Of a side's key, or of a pair `a:b`: the last part of a figure's id says whose it is. */
  quickLook: (key: string) => anchor('quick_look', key),
  consistency: (key: string) => anchor('consistency', key),
  load: (key: string) => anchor('load', key),
  /** The load at other rates, of a side's key. */
  growth: (key: string) => anchor('growth', key),
  capacity: (side: number, point: number) => anchor('capacity', `${side}-${point}`),
  /** Of what is computed from measured figures of a store: costs and simulations. */
  model: (store: StoreName) => anchor('model', store),
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
  'environment' | 'quick_look' | 'consistency' | 'load' | 'capacity' | 'growth' | 'operations'
>

/** The last section: every record that a figure links to. */
export function recordsSection(parts: Parts): Section {
  const rows = [
    ...recordRows(parts.environment, 'Quick look', sourceOf.quickLook, '/quick_look'),
    ...recordRows(parts.environment, 'Consistency test', sourceOf.consistency, '/consistency'),
    ...loadRows(parts),
    ...growthRows(parts),
    ...modelRows(parts),
  ]
  return recordTable(rows, 'Records', [
    `Every measured or computed number above leads to a row here, or to its record directly. A row names records in the result file by JSON pointers: ${RESULTS_FILE}#/load/slots/3 is the fourth entry of "slots" in "load".`,
  ])
}

/** The section that a page ends with. */
export function recordTable(rows: readonly Row[], caption: string, prose: Prose): Section {
  return {
    id: 'records',
    title: 'Where every number comes from',
    short: 'Every number',
    chapter: 'This run',
    contents: [
      { kind: 'prose', prose },
      {
        kind: 'table',
        table: {
          id: 'record-table',
          caption,
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

/** What the cost model and the simulation were given of each store. */
function modelRows({ environment, operations, load }: Parts): Row[] {
  return (['postgres', 'dynamodb'] as const).flatMap((store) => {
    const side = sideOf(store, environment.sides)
    // The quick look alone is no ground for a model.
    if (side === null || (load === null && operations === undefined)) return []
    const place = operations?.sides.findIndex((one) => one.side === side.key) ?? -1
    const measured = load === null ? '/quick_look' : '/load/slots'
    const pointer = place < 0 ? measured : `/operations/sides/${place}`
    const which =
      'what single operations take; prices come from a file of their own, times from the records above'
    return [
      recordRow(
        sourceOf.model(store),
        `Modelled and simulated: ${STORE_NAMES[store]}`,
        pointer,
        which,
      ),
    ]
  })
}

function recordRow(id: string, title: string, pointer: string, which: string): Row {
  return {
    id,
    cells: [{ kind: 'text', text: title }, recordCell(pointer), { kind: 'text', text: which }],
  }
}

/** A record by its JSON pointer, as a link leads to it. */
export function recordHref(pointer: string): string {
  return `${RESULTS_FILE}#${pointer}`
}

/** A cell with a link to a record. */
export function recordCell(pointer: string): Cell {
  const href = recordHref(pointer)
  return { kind: 'text', text: href, href }
}

function anchor(kind: string, key: string): string {
  return `from-${kind}-${key.replace(':', '_')}`
}
