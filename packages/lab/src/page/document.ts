/**
 * The content of a page before it is HTML, Markdown or a terminal table. Every renderer walks this model, so all
 * formats show the same figures in the same words.
 */

/** One of the things that a page compares. Its index among them decides its mark, dashes and accent colour. */
export interface Series {
  readonly label: string
  /** A caveat shown with everything measured on it; `null` for none. */
  readonly warning: string | null
}

/** A titled section of a page. */
export interface Section {
  /** Anchor of the section, such as `resources`. */
  readonly id: string
  readonly title: string
  /** Shorter title for the table of contents. */
  readonly short?: string
  /** Its heading in the table of contents, if the page has one. */
  readonly chapter?: string
  /** Whether it is collapsed until the reader opens it or follows a link into it. */
  readonly folded?: true
  readonly contents: readonly Content[]
}

/** What a section consists of, top to bottom. */
export type Content =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'prose'; readonly prose: Prose }
  /** Small print. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Prose[]; readonly ordered?: true }
  | { readonly kind: 'table'; readonly table: Table }
  | Plots
  | { readonly kind: 'terms'; readonly terms: readonly Term[] }
  | { readonly kind: 'command'; readonly command: string }
  /** Collapsed until the reader opens it. */
  | { readonly kind: 'details'; readonly summary: string; readonly contents: readonly Content[] }

/** Plots, at most two next to each other. Only HTML shows them, so tables or sentences repeat what they show. */
export interface Plots {
  readonly kind: 'plots'
  /** How to read them. */
  readonly about?: string
  readonly plots: readonly Picture[]
  /** Whether to show a legend of the series. */
  readonly legend: boolean
}

export interface Picture {
  readonly title: string
  /** SVG for a panel: half the width of the page, or the width of a phone. */
  readonly draw: () => string
  /** SVG for the full width of the page. */
  readonly drawWide?: () => string
  /** Full width, and scrolled sideways on a narrow screen. */
  readonly scroll?: true
}

/** A number. */
export interface Figure {
  readonly kind: 'figure'
  /** Names the number so that a test can find it, for example `overall.p95.postgres`. */
  readonly id: string
  /** Unrounded; `null` without data. */
  readonly value: number | null
  /** Rounded, with its unit. */
  readonly text: string
  /** Anchor of its source: the `id` of a row in the table of records. */
  readonly source?: string
}

/** A link to a record outside the page. */
export interface Link {
  readonly kind: 'link'
  readonly text: string
  readonly href: string
}

/** Sentences with figures and links in them. */
export type Prose = readonly (string | Figure | Link)[]

export interface Table {
  readonly id: string
  readonly caption: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  /** Small print below the table. */
  readonly notes?: readonly string[]
}

export interface Column {
  readonly text: string
  /** Heading above this column and its neighbours with the same value. */
  readonly group?: string
  /** Index of the series that the column belongs to. */
  readonly side?: number
  readonly numeric?: boolean
}

export interface Row {
  /** Heading above this row and those below it; set on the first row of a group. */
  readonly group?: string
  /** Anchor of the row. */
  readonly id?: string
  /** One for each column; the first is the row's heading. */
  readonly cells: readonly Cell[]
}

/** `side` shows the text in the colour of a series. */
export type Cell =
  | Figure
  | {
      readonly kind: 'text'
      readonly text: string
      readonly side?: number
      readonly href?: string
      readonly tone?: 'good' | 'bad' | 'muted'
      /** Small print below the text. */
      readonly detail?: string
    }
  | { readonly kind: 'prose'; readonly text: string; readonly prose: Prose }

/** An entry of a definition list. */
export interface Term {
  readonly term: string
  readonly details: readonly string[]
}

export function heading(words: string): Content {
  return { kind: 'heading', text: words }
}

export function paragraph(...prose: Prose): Content {
  return { kind: 'prose', prose }
}

/** Small print. */
export function note(words: string): Content {
  return { kind: 'note', text: words }
}

export function items(all: readonly Prose[]): Content {
  return { kind: 'list', items: all }
}

export function tabular(table: Table): Content {
  return { kind: 'table', table }
}

/** Collapsed until the reader opens it. */
export function details(summary: string, ...contents: readonly Content[]): Content {
  return { kind: 'details', summary, contents }
}

export function link(words: string, href: string): Link {
  return { kind: 'link', text: words, href }
}

/** Columns; those whose heading starts with `#` are numeric. */
export function columns(...headings: readonly string[]): Column[] {
  return headings.map((words) =>
    words.startsWith('#') ? { text: words.slice(1), numeric: true } : { text: words },
  )
}

/** Numeric columns, one for each series. */
export function seriesColumns(series: readonly { readonly label: string }[]): Column[] {
  return series.map(({ label }, place) => ({ text: label, side: place, numeric: true }))
}

export function text(value: string, side?: number): Cell {
  return side === undefined ? { kind: 'text', text: value } : { kind: 'text', text: value, side }
}

/** A cell without data. */
export function muted(value: string): Cell {
  return { kind: 'text', text: value, tone: 'muted' }
}

/** A cell with several figures in it. */
export function proseCell(prose: Prose): Cell {
  return { kind: 'prose', text: proseText(prose), prose }
}

/** Plain text of prose, figures included. */
export function proseText(prose: Prose): string {
  return prose.map((part) => (typeof part === 'string' ? part : part.text)).join('')
}
