/** Where a figure of the model comes from, from the best source to the worst. */
export type Source =
  | {
      /** By this comparison. */
      readonly kind: 'measured'
      /** Path of the record, such as `results.json#/sides/1/operations/add_items/write_units`. */
      readonly record: string
    }
  | {
      /** By another run, or by somebody's monitoring. */
      readonly kind: 'measured_elsewhere'
      /** Name of the file that it was taken from, without its folder. */
      readonly file: string
      /** What was measured, in a few words, such as `a run on 2 cores (Xeon)`. */
      readonly by: string
      /** Start of that run or day of the measurement, ISO 8601. */
      readonly when: string
      /** The copy in this result file, or the place in a file of the package. */
      readonly record: string
    }
  | {
      readonly kind: 'published'
      readonly by: string
      readonly title: string
      /** Year, month or day of the publication; `null` where it has no date. */
      readonly when: string | null
    }
  | {
      readonly kind: 'assumed'
      /** The reason for this value, as a clause. */
      readonly why: string
    }

/** A number with its source. */
export interface SourcedFigure {
  readonly value: number
  readonly source: Source
}

export function measured(value: number, record: string): SourcedFigure {
  return { value, source: { kind: 'measured', record } }
}

export function published(
  value: number,
  source: Omit<Extract<Source, { kind: 'published' }>, 'kind'>,
): SourcedFigure {
  return { value, source: { kind: 'published', ...source } }
}

export function assumed(value: number, why: string): SourcedFigure {
  return { value, source: { kind: 'assumed', why } }
}

/** The record of a measured figure; `null` for a published or an assumed one. */
export function recordOf({ source }: SourcedFigure): string | null {
  return 'record' in source ? source.record : null
}

/** Whether a figure was measured, here or elsewhere. */
export function isMeasured({ source }: SourcedFigure): boolean {
  return 'record' in source
}
