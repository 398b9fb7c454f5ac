import type { Side } from '../compare/side.ts'

/**
 * What a report says, before it is Markdown, HTML or a terminal table. Every renderer walks the same
 * model, so all of them show the same figures in the same words.
 */
export interface ReportModel {
  readonly title: string
  readonly subtitle: string
  readonly sides: readonly ReportSide[]
  readonly verdict: Verdict
  /** Two or three figures per side, to be seen first. */
  readonly glance: readonly Glance[]
  /** Everything else, in the order in which it is read. */
  readonly sections: readonly Section[]
  /** The tables that a terminal shows. */
  readonly summary: readonly { readonly title: string; readonly table: Table }[]
}

/** A side as renderers need it; its place in `sides` decides its mark and dashes, its store its colour. */
export interface ReportSide {
  readonly key: string
  readonly label: string
  readonly store: Side['store']
  /** "emulator: not DynamoDB performance" where that holds. */
  readonly warning: string | null
}

/** The parts of a report, in the order in which they are read. */
export const CHAPTERS = ['Speed', 'Correctness', 'Choice', 'This run'] as const

export type Chapter = (typeof CHAPTERS)[number]

/** A titled part of the report. */
export interface Section {
  /** Anchor of the section, such as `resources`. */
  readonly id: string
  readonly title: string
  /** Its name in the table of contents, where the title is too long for one. */
  readonly short?: string
  /** Under which the table of contents has it. */
  readonly chapter: Chapter
  readonly contents: readonly Content[]
}

/** What a section is made of, top to bottom. */
export type Content =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'prose'; readonly prose: Prose }
  /** Small print. */
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Prose[] }
  | { readonly kind: 'table'; readonly table: Table }
  | Plots
  | { readonly kind: 'terms'; readonly terms: readonly Term[] }
  | { readonly kind: 'command'; readonly command: string }
  /** Shown when it is asked for. */
  | { readonly kind: 'details'; readonly summary: string; readonly contents: readonly Content[] }

/** Pictures, at most two side by side. Only HTML shows them: what they show is in tables or sentences, too. */
export interface Plots {
  readonly kind: 'plots'
  /** How to read them. */
  readonly about?: string
  readonly plots: readonly Picture[]
  /** Whether lines of the sides have to be told apart. */
  readonly legend: boolean
}

export interface Picture {
  readonly title: string
  /** Drawn for a panel, half as wide as the page or as wide as a phone. */
  readonly draw: () => string
  /** Drawn for the whole width of the page, where it has that for itself. */
  readonly drawWide?: () => string
}

/** A number in the report. */
export interface Figure {
  readonly kind: 'figure'
  /** Names the number so that a test can find it, for example `overall.p95.postgres`. */
  readonly id: string
  /** Unrounded; `null` when there is nothing to count. */
  readonly value: number | null
  /** As people read it, with its unit. */
  readonly text: string
  /** Anchor of what it was computed from: an `id` of a row in the table of records. */
  readonly source?: string
}

/** A link out of the report, to a record. */
export interface Link {
  readonly kind: 'link'
  readonly text: string
  readonly href: string
}

/** A sentence with figures and links in it. */
export type Prose = readonly (string | Figure | Link)[]

export interface Verdict {
  readonly headline: Prose
  readonly points: readonly Prose[]
  /** Shown apart: why the figures must not be taken for DynamoDB's. */
  readonly warning: string | null
}

export interface Glance {
  readonly side: number
  readonly figures: readonly { readonly name: string; readonly figure: Figure }[]
}

export interface Table {
  readonly id: string
  readonly caption: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly notes: readonly string[]
}

export interface Column {
  readonly text: string
  /** Place in `sides`, when the column belongs to one. */
  readonly side?: number
  readonly numeric?: boolean
}

export interface Row {
  /** Set on the first row of a group of rows: the heading above them. */
  readonly group?: string
  /** Anchor of the row. */
  readonly id?: string
  /** As many as there are columns; the first is the row's heading. */
  readonly cells: readonly Cell[]
}

/** `side` marks the winner's name, to be shown in its colour; `href` is where the text leads. */
export type Cell =
  | Figure
  | {
      readonly kind: 'text'
      readonly text: string
      readonly side?: number
      readonly href?: string
    }
  | { readonly kind: 'prose'; readonly text: string; readonly prose: Prose }

/** Measured latencies of one operation, for the plots. */
export interface OperationSamples {
  readonly operation: string
  readonly title: string
  /** Per side, in the order of `sides`: milliseconds of the successful requests, in the order they were sent. */
  readonly samples: readonly (readonly number[])[]
}

/** One line of "what was run, and on what". */
export interface Term {
  readonly term: string
  readonly details: readonly string[]
}

export function text(value: string, side?: number): Cell {
  return side === undefined ? { kind: 'text', text: value } : { kind: 'text', text: value, side }
}

/** A cell with several figures in it. */
export function proseCell(prose: Prose): Cell {
  return { kind: 'prose', text: proseText(prose), prose }
}

/** The words of a sentence, figures included. */
export function proseText(prose: Prose): string {
  return prose.map((part) => (typeof part === 'string' ? part : part.text)).join('')
}
