import Type from 'typebox'
import { CORE_OPERATIONS } from './operations.ts'
import { amount, count, object, type Shape, text } from './shape.ts'

export const PERF_FIELDS = {
  operation: Type.Enum([...CORE_OPERATIONS]),
  response_time: amount(
    'Milliseconds from just before the request was sent until the whole response was read, 2 decimals.',
  ),
  success: Type.Boolean({
    description: 'Whether the response had the status and the shape that the API promises.',
  }),
  status_code: count('0 if no response arrived.'),
  timestamp: text('Start of the operation, ISO 8601 UTC.'),
  error: Type.Optional(text('Why it failed; absent on success.')),
}

/** One measured operation of the quick test, as the result files contain it. */
export const PerfRecordSchema = object(PERF_FIELDS)

export type PerfRecord = Shape<typeof PerfRecordSchema>
