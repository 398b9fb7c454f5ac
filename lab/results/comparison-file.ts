import { Ajv } from 'ajv'
import Type, { type Static } from 'typebox'
import type { Environment } from '../compare/environment.ts'
import type { CombinedConsistencyRecord, CombinedRecord } from '../report/records.ts'
import {
  CapacityPartSchema,
  CombinedRecordSchema,
  ConsistencyRecordSchema,
  EnvironmentSchema,
  GrowthPartSchema,
  LoadPartSchema,
  OperationsPartSchema,
  RequirementsPartSchema,
} from './schemas.ts'

const FORMAT = 'pushcart comparison'

/** `results.json`: everything that a comparison measured, and nothing computed from it. Reports are made from it alone. */
export const ComparisonFileSchema = Type.Object(
  {
    format: Type.Literal(FORMAT),
    version: Type.Literal(1),
    environment: EnvironmentSchema,
    quick_look: Type.Array(CombinedRecordSchema),
    consistency: Type.Array(ConsistencyRecordSchema),
    load: Type.Union([LoadPartSchema, Type.Null()]),
    capacity: Type.Union([CapacityPartSchema, Type.Null()]),
    operations: Type.Optional(OperationsPartSchema),
    growth: Type.Optional(GrowthPartSchema),
    requirements: Type.Optional(RequirementsPartSchema),
  },
  {
    additionalProperties: false,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Results of pushcart compare, version 1',
  },
)

export type LoadPart = Static<typeof LoadPartSchema>
export type CapacityPart = Static<typeof CapacityPartSchema>
export type GrowthPart = Static<typeof GrowthPartSchema>
export type OperationsPart = Static<typeof OperationsPartSchema>
export type RequirementsPart = Static<typeof RequirementsPartSchema>
export type CapacityPoint = CapacityPart['sides'][number]['points'][number]

export interface ComparisonFile {
  readonly format: typeof FORMAT
  readonly version: 1
  readonly environment: Environment
  readonly quick_look: readonly CombinedRecord[]
  readonly consistency: readonly CombinedConsistencyRecord[]
  /** The blocks; `null` when only the quick look was asked for. */
  readonly load: LoadPart | null
  /** The search for the highest rate; `null` when none was asked for. */
  readonly capacity: CapacityPart | null
  /** What one operation of each kind takes; absent when it was not asked for. */
  readonly operations?: OperationsPart
  /** The load at other rates; absent when it was not asked for. */
  readonly growth?: GrowthPart
  /** Runs that the requirements sheet needs besides; absent when they were not asked for. */
  readonly requirements?: RequirementsPart
}

/** What was measured, without the words that say what file it is. */
export type ComparisonParts = Omit<ComparisonFile, 'format' | 'version'>

/** A file or value is no result of a comparison. `message` is one line. */
export class ComparisonFileError extends Error {
  override readonly name = 'ComparisonFileError'
}

const isComparison = new Ajv({ logger: false }).compile(ComparisonFileSchema)

/** The text of the file. @throws ComparisonFileError for what would not be read again */
export function writeComparison(parts: ComparisonParts): string {
  const file = { format: FORMAT, version: 1, ...parts }
  check(file)
  return `${JSON.stringify(file, null, 1)}\n`
}

/** @throws ComparisonFileError in one line for a damaged or foreign file */
export function readComparison(text: string): ComparisonFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ComparisonFileError('no results of a comparison: it is not JSON')
  }
  check(value)
  return value as ComparisonFile
}

function check(value: unknown): void {
  if (!isComparison(value)) {
    const { instancePath = '', message = 'does not fit' } = isComparison.errors?.[0] ?? {}
    throw new ComparisonFileError(
      `no results of a comparison, version 1: ${instancePath || 'it'} ${message}`,
    )
  }
  checkSides(value as ComparisonFile)
}

/** What the schema cannot say: every record belongs to a side. */
function checkSides({
  environment,
  quick_look,
  consistency,
  load,
  capacity,
  operations,
  growth,
  requirements,
}: ComparisonFile): void {
  const known = new Set(environment.sides.map(({ key }) => key))
  const named = [
    ...quick_look.map(({ database }) => database),
    ...consistency.map(({ database }) => database),
    ...(load?.slots ?? []).map(({ side }) => side),
    ...[capacity, operations, growth, requirements].flatMap((part) =>
      (part?.sides ?? []).map(({ side }) => side),
    ),
  ]
  const stranger = named.find((key) => !known.has(key))
  if (stranger !== undefined)
    throw new ComparisonFileError(`no results of a comparison: there is no side "${stranger}"`)
}
