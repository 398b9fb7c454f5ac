import Type from 'typebox'
import { OPERATION_KINDS } from './operation-kinds.ts'
import { amount, object, orNull, type Shape, text } from './shape.ts'

/** Figures of one kind of operation that a comparison can take from elsewhere. */
export const OPERATION_FIGURES = [
  'service_cpu_s',
  'database_cpu_s',
  'log_bytes',
  'write_units',
  'read_units_strong',
  'read_units_eventual',
  'latency_p50_ms',
  'latency_p99_ms',
] as const

/** Figures of a store that are not per kind of operation. */
export const STORE_FIGURES = ['cart_bytes', 'index_bytes', 'flush_s'] as const

export type OperationFigure = (typeof OPERATION_FIGURES)[number]
export type StoreFigure = (typeof STORE_FIGURES)[number]

/** Figures that were taken from another run or from a file of figures (`--evidence`), copied from there. */
export const EvidencePartSchema = object({
  file: text('Name of the file they were taken from, without its folder.'),
  by: text('What was measured, and on what.'),
  measured_at: text('Start of that run, or the day of the measurement, ISO 8601.'),
  figures: Type.Array(
    object({
      store: Type.Enum(['postgres', 'dynamodb']),
      name: Type.Enum([...OPERATION_FIGURES, ...STORE_FIGURES]),
      operation: orNull(
        Type.Enum([...OPERATION_KINDS]),
        'Null for a figure that is not per kind of operation.',
      ),
      value: amount('In the unit that ends the name; bytes per cart or per operation.'),
      record: text('Its place in that file, a JSON pointer.'),
    }),
  ),
})

export type EvidencePart = Shape<typeof EvidencePartSchema>
export type EvidenceFigure = EvidencePart['figures'][number]
