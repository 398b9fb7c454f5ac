import { Ajv } from 'ajv'
import Type, { type Static } from 'typebox'
import type { Environment } from '../compare/environment.ts'
import { LoadResultSchema } from '../load/load-result.ts'
import type { CombinedConsistencyRecord, CombinedRecord } from '../report/records.ts'
import { checkRecords } from './check-records.ts'
import { ConsistencyRecordSchema } from './consistency-schema.ts'
import {
  CapacityPartSchema,
  CombinedRecordSchema,
  EnvironmentSchema,
  GrowthPartSchema,
  LoadPartSchema,
  OperationsPartSchema,
  RequirementsPartSchema,
} from './schemas.ts'

/** Everything in one: reports are made from it, and two of them are compared. */
export const RESULTS_FILE = 'results.json'

const FORMAT = 'pushcart comparison'

/**
 * `results.json`: everything that a comparison measured, and nothing computed from it. Reports are made from it alone. It is
 * published as `comparison.schema.json`.
 */
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
    cut_off: Type.Optional(
      Type.String({ description: 'Why the run ended early; absent when it is complete.' }),
    ),
  },
  {
    additionalProperties: false,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Results of pushcart compare, version 1',
    definitions: { load_result: LoadResultSchema },
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
  /** Why the run ended early, so that this is a part of what was wanted; absent when it is complete. */
  readonly cut_off?: string
}

/** What was measured, without the words that say what file it is. */
export type ComparisonParts = Omit<ComparisonFile, 'format' | 'version'>

/** A file or value is no result of a comparison. `message` is one line. */
export class ComparisonFileError extends Error {
  override readonly name = 'ComparisonFileError'
}

const isComparison = new Ajv({ logger: false, discriminator: true }).compile(ComparisonFileSchema)

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
    const why = text.trim() === '' ? 'it is empty' : 'it is not JSON, or was cut off'
    throw new ComparisonFileError(`no results of a comparison: ${why}`)
  }
  check(value)
  return value as ComparisonFile
}

function check(value: unknown): void {
  if (Array.isArray(value))
    throw new ComparisonFileError('no results of a comparison: it is a list, such as `perf` writes')
  const { format, version } = Object(value) as Record<string, unknown>
  if (typeof format === 'string' && format !== FORMAT)
    throw new ComparisonFileError(`no results of a comparison: it is a "${shown(format)}"`)
  if (format === FORMAT && typeof version === 'number' && version !== 1)
    throw new ComparisonFileError(
      `results of a comparison in version ${version} of the file; this pushcart reads version 1`,
    )
  if (!isComparison(value)) {
    const { instancePath = '', message = 'does not fit' } = isComparison.errors?.[0] ?? {}
    throw new ComparisonFileError(
      `no results of a comparison, version 1: ${instancePath || 'it'} ${message}`,
    )
  }
  const wrong = checkRecords(value as ComparisonFile)
  if (wrong !== null) throw new ComparisonFileError(`no results of a comparison: ${shown(wrong)}`)
}

/** The beginning of a text of anybody's, without what could rewrite a terminal. */
function shown(text: string): string {
  return text.slice(0, 100).replace(/\p{Cc}/gu, '?')
}
