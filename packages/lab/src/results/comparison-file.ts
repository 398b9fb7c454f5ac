import Type from 'typebox'
import { CombinedConsistencyRecordSchema } from './consistency-records.ts'
import { EnvironmentSchema } from './environment.ts'
import { EvidencePartSchema } from './evidence.ts'
import { LoadResultSchema } from './load-result.ts'
import { NoisePartSchema } from './noise.ts'
import { CombinedRecordSchema } from './records.ts'
import {
  CapacityPartSchema,
  GrowthPartSchema,
  LoadPartSchema,
  OperationsPartSchema,
  RequirementsPartSchema,
} from './schemas.ts'
import { object, orNull, type Shape, text } from './shape.ts'

/** Everything that a comparison measured. Reports are made from it, and two of them can be compared. */
export const RESULTS_FILE = 'results.json'

export const FORMAT = 'pushcart comparison'

/**
 * `results.json`: everything that a comparison measured, and nothing derived from it; `noise` is from an earlier A/A run,
 * `evidence` from other runs and files.
 * Reports need no other file. It is published as `comparison.schema.json`.
 */
export const ComparisonFileSchema = object(
  {
    format: Type.Literal(FORMAT),
    version: Type.Literal(1),
    environment: EnvironmentSchema,
    quick_look: Type.Array(CombinedRecordSchema),
    consistency: Type.Array(CombinedConsistencyRecordSchema),
    load: orNull(LoadPartSchema, 'The blocks; null if only the quick test ran.'),
    capacity: orNull(CapacityPartSchema, 'The search for the highest rate; null if not requested.'),
    operations: Type.Optional(OperationsPartSchema),
    growth: Type.Optional(GrowthPartSchema),
    requirements: Type.Optional(RequirementsPartSchema),
    noise: Type.Optional(NoisePartSchema),
    evidence: Type.Optional(
      Type.Array(EvidencePartSchema, {
        description:
          'Figures from elsewhere, for what this run did not measure; the first that has a figure wins.',
      }),
    ),
    cut_off: Type.Optional(text('Why the run ended early; absent for a complete run.')),
  },
  {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Results of pushcart compare, version 1',
    definitions: { load_result: LoadResultSchema },
  },
)

export type ComparisonFile = Shape<typeof ComparisonFileSchema>

/** The measurements, without the fields that identify the file format. */
export type ComparisonParts = Omit<ComparisonFile, 'format' | 'version'>
