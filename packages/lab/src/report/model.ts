import type { Content, Figure, Prose, Section, Series, Table } from '../page/document.ts'
import type { Side } from '../results/side.ts'

export * from '../page/document.ts'

/** Everything a comparison report says, before it is rendered. */
export interface ReportModel {
  readonly title: string
  readonly subtitle: string
  readonly sides: readonly ReportSide[]
  /** The first screen. */
  readonly verdict: Headline
  /** Two or three figures of each target, on the first screen; empty where that recommends a store. */
  readonly glance: readonly Glance[]
  /** Everything else, in reading order. */
  readonly sections: readonly Section[]
  /** The tables that the terminal shows. */
  readonly summary: readonly { readonly title: string; readonly table: Table }[]
}

export interface ReportSide extends Series {
  readonly key: string
  /** Decides the accent colour. */
  readonly store: Side['store']
}

/** Chapters of the report, in reading order. */
export const CHAPTERS = ['Choice', 'Correctness', 'Speed', 'This run'] as const

export interface Headline {
  readonly title: string
  readonly headline: Prose
  readonly points: readonly Prose[]
  /** Why the figures do not describe DynamoDB; shown in a box. */
  readonly warning: string | null
  /** What follows on the first screen. */
  readonly contents: readonly Content[]
}

export interface Glance {
  readonly side: number
  readonly figures: readonly { readonly name: string; readonly figure: Figure }[]
}

/** Measured latencies of one operation, for the plots. */
export interface OperationSamples {
  readonly operation: string
  readonly title: string
  /** Milliseconds of the successful requests in the order sent; one list for each store, in the order of `sides`. */
  readonly samples: readonly (readonly number[])[]
}
