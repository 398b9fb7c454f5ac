import { sideOf } from '../model/decide/side-of-store.ts'
import { STORE_NAMES, type StoreName } from '../model/terms/stores.ts'
import { type ComparisonFile, RESULTS_FILE } from '../results/comparison-file.ts'
import type { Environment } from '../results/environment.ts'
import {
  type Cell,
  type Figure,
  type Prose,
  paragraph,
  type Row,
  type Section,
  type Table,
  tabular,
} from './model.ts'

/**
 * Sources of figures. A figure's `source` is the anchor of a row in the report's last table, which names the records in
 * `results.json` by JSON pointers (RFC 6901, `results.json#/load/slots/3`). Rows of runs and rates name their record
 * themselves. Figures link within the page because a pointer into another file does not work in a local file.
 */

/**
 * A rendered report whose links point to another file than `results.json` in its folder.
 *
 * @param link the file as a page links to it
 */
export function relinked(rendered: string, link: string): string {
  return link === RESULTS_FILE
    ? rendered
    : rendered.replace(/results\.json(\\?#\/)/g, (_, pointer) => `${link}${pointer}`)
}

/** Anchors of the rows of the table of records. */
export const sourceOf = {
  /** By the key of a target or of a pair `a:b`, the last part of a figure's id. */
  quickLook: (key: string) => anchor('quick_look', key),
  consistency: (key: string) => anchor('consistency', key),
  load: (key: string) => anchor('load', key),
  /** The load at other rates, by the key of a target. */
  growth: (key: string) => anchor('growth', key),
  capacity: (side: number, point: number) => anchor('capacity', `${side}-${point}`),
  /** The A/A run of the noise floor. */
  noise: anchor('noise', 'floor'),
  /** Costs and simulations of a store. */
  model: (store: StoreName) => anchor('model', store),
}

/** A figure with its source. */
export function from(source: string, figure: Figure): Figure {
  return { ...figure, source }
}

/** Prose whose figures link to the source of the key that ends their id. */
export function attribute(prose: Prose, source: (key: string) => string): Prose {
  return prose.map((part) =>
    typeof part !== 'string' && part.kind === 'figure' ? named(part, source) : part,
  )
}

/** A table whose figures link to the source of the key that ends their id. */
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

type RecordedParts = Pick<
  ComparisonFile,
  | 'environment'
  | 'quick_look'
  | 'consistency'
  | 'load'
  | 'capacity'
  | 'growth'
  | 'operations'
  | 'noise'
>

/** The last section: every record that figures link to. */
export function recordsSection(parts: RecordedParts): Section {
  const { environment, load, noise } = parts
  const rows = [
    ...recordRows(environment, 'Quick look', sourceOf.quickLook, '/quick_look', ofDatabase),
    ...environment.sides.map(({ key, label }) =>
      recordRow(
        sourceOf.consistency(key),
        `Consistency test: ${label}`,
        '/consistency',
        ofDatabase(key),
      ),
    ),
    ...(load === null ? [] : recordRows(environment, 'Load', sourceOf.load, '/load/slots', ofSide)),
    ...(noise === undefined
      ? []
      : [
          recordRow(
            sourceOf.noise,
            'Noise floor',
            '/noise/figures',
            'ratio or limit furthest from 1, by name',
          ),
        ]),
    ...growthRows(parts),
    ...modelRows(parts),
  ]
  return recordTable(rows, 'Records', [
    `Every number above links to a row of this table or directly to its record. Rows identify records in the result file by JSON pointers: ${RESULTS_FILE}#/load/slots/3 is the fourth entry of "slots" in "load".`,
  ])
}

/** The last section of a page. */
export function recordTable(rows: readonly Row[], caption: string, prose: Prose): Section {
  return {
    id: 'records',
    title: 'Sources of all numbers',
    short: 'Sources',
    chapter: 'This run',
    contents: [
      paragraph(...prose),
      tabular({
        id: 'record-table',
        caption,
        columns: [{ text: 'Figures' }, { text: 'Records' }, { text: 'Selection' }],
        rows,
      }),
    ],
  }
}

/** A row for each target and one for each pair. */
function recordRows(
  { sides: [first, ...others] }: Environment,
  what: string,
  source: (key: string) => string,
  pointer: string,
  selection: (...keys: readonly string[]) => string,
): Row[] {
  const row = (title: string, ...keys: readonly string[]) =>
    recordRow(source(keys.join(':')), `${what}: ${title}`, pointer, selection(...keys))
  if (first === undefined) return []
  return [
    ...[first, ...others].map(({ key, label }) => row(label, key)),
    ...others.map((other) => row(`${first.label} against ${other.label}`, first.key, other.key)),
  ]
}

const ofDatabase = (...keys: readonly string[]) =>
  `"database": ${keys.map((key) => `"${key}"`).join(' or ')}`
const ofSide = (...keys: readonly string[]) =>
  `"side": ${keys.map((key) => `"${key}"`).join(' or ')}, valid blocks`

function growthRows({ environment, growth }: RecordedParts): Row[] {
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

/** Inputs of the cost model and the simulation. */
function modelRows({ environment, operations, load }: RecordedParts): Row[] {
  return (['postgres', 'dynamodb'] as const).flatMap((store) => {
    const side = sideOf(store, environment.sides)
    // The quick look alone does not suffice for a model.
    if (side === null || (load === null && operations === undefined)) return []
    const place = operations?.sides.findIndex((one) => one.side === side.key) ?? -1
    const measured = load === null ? '/quick_look' : '/load/slots'
    const pointer = place < 0 ? measured : `/operations/sides/${place}`
    const which =
      'resources per operation; prices come from the price file, times from the records above'
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

/** A link to a record by its JSON pointer. */
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
