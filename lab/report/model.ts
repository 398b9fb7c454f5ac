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
  readonly comparisons: readonly Comparison[]
  readonly distributions: Distributions
  readonly consistency: Table
  readonly circumstances: readonly Circumstance[]
  readonly method: readonly string[]
  readonly repeat: Repeat
}

/** A side as renderers need it; its place in `sides` decides its accent colour. */
export interface ReportSide {
  readonly key: string
  readonly label: string
  /** "emulator: not DynamoDB performance" where that holds. */
  readonly warning: string | null
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
}

/** A sentence with figures in it. */
export type Prose = readonly (string | Figure)[]

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

/** The first side against one of the others. */
export interface Comparison {
  readonly id: string
  readonly title: string
  readonly overall: Table
  readonly operations: Table
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
  /** As many as there are columns; the first is the row's heading. */
  readonly cells: readonly Cell[]
}

/** `side` marks the winner's name, to be shown in its colour. */
export type Cell = Figure | { readonly kind: 'text'; readonly text: string; readonly side?: number }

/** The measured latencies, for the plots, and their percentiles as a table. */
export interface Distributions {
  readonly operations: readonly OperationSamples[]
  readonly percentiles: Table
  /** What must be said under plots of these times. */
  readonly notes: readonly string[]
}

export interface OperationSamples {
  readonly operation: string
  readonly title: string
  /** Per side, in the order of `sides`: milliseconds of the successful requests, in the order they were sent. */
  readonly samples: readonly (readonly number[])[]
}

/** One line of "what was run, and on what". */
export interface Circumstance {
  readonly term: string
  readonly details: readonly string[]
}

export interface Repeat {
  readonly command: string
  readonly notes: readonly string[]
}

export function text(value: string, side?: number): Cell {
  return side === undefined ? { kind: 'text', text: value } : { kind: 'text', text: value, side }
}

/** The words of a sentence, figures included. */
export function proseText(prose: Prose): string {
  return prose.map((part) => (typeof part === 'string' ? part : part.text)).join('')
}
