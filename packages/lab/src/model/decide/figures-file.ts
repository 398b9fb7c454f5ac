import { Ajv } from 'ajv'
import Type, { type Static } from 'typebox'
import { firstMistake } from '../../errors/first-mistake.ts'
import { UsageError } from '../../errors/usage-error.ts'
import {
  type EvidenceFigure,
  type EvidencePart,
  OPERATION_FIGURES,
  type OperationFigure,
  STORE_FIGURES,
  type StoreFigure,
} from '../../results/evidence.ts'
import { OPERATION_KINDS, type OperationKind } from '../../results/operation-kinds.ts'
import { isWrite } from '../terms/mix.ts'
import { STORES, type StoreName } from '../terms/stores.ts'

/**
 * A file of figures from somebody's monitoring (RDS Performance Insights, CloudWatch): per operation, or the totals of a
 * period, which are divided among the operations of that period.
 */
export const FIGURES_FORMAT = 'pushcart figures'

const strict = { additionalProperties: false }
const amount = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }))
const positive = (description: string) => Type.Number({ exclusiveMinimum: 0, description })

function figures<Name extends string>(names: readonly Name[]) {
  const fields = names.map((name) => [name, Type.Optional(Type.Number({ minimum: 0 }))] as const)
  return Object.fromEntries(fields) as Record<Name, Type.TOptional<Type.TNumber>>
}

/** Any of the kinds, and nothing else: a misspelt one must not be ignored. */
function perKind<Value extends Type.TSchema>(value: Value, options: Type.TObjectOptions = {}) {
  const fields = OPERATION_KINDS.map((kind) => [kind, Type.Optional(value)] as const)
  return Type.Object(Object.fromEntries(fields) as Record<OperationKind, Type.TOptional<Value>>, {
    ...strict,
    ...options,
  })
}

const Operations = perKind(Type.Object(figures(OPERATION_FIGURES), strict))

const Totals = Type.Object(
  {
    seconds: positive('Length of the period.'),
    operations: perKind(Type.Integer({ minimum: 0 }), {
      minProperties: 1,
      description: 'Operations in the period, by kind.',
    }),
    vcpus: Type.Optional(positive('vCPUs of the database instance.')),
    cpu_utilization_percent: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 100,
        description: 'CPUUtilization of the database instance, average.',
      }),
    ),
    log_bytes_per_s: amount('TransactionLogsGeneration of RDS, average.'),
    consumed_write_units: amount('ConsumedWriteCapacityUnits of table and indexes, sum.'),
    consumed_read_units: amount('ConsumedReadCapacityUnits of table and indexes, sum.'),
    read_consistency: Type.Optional(Type.Enum(['strong', 'eventual'])),
  },
  strict,
)

const StoreShape = Type.Object(
  {
    ...figures(STORE_FIGURES),
    operations: Type.Optional(Operations),
    totals: Type.Optional(Totals),
  },
  strict,
)

/** The JSON Schema of a file of figures. */
export const FIGURES_SCHEMA = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    format: Type.Literal(FIGURES_FORMAT),
    version: Type.Literal(1),
    by: Type.String({ minLength: 1, description: 'What was measured, and on what.' }),
    measured_at: Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}',
      description: 'Day of the measurement, ISO 8601.',
    }),
    stores: Type.Object(
      { postgres: Type.Optional(StoreShape), dynamodb: Type.Optional(StoreShape) },
      { ...strict, minProperties: 1 },
    ),
  },
  { ...strict, $schema: 'http://json-schema.org/draft-07/schema#' },
)

type FiguresFile = Static<typeof FIGURES_SCHEMA>
type StoreFigures = Static<typeof StoreShape>
type StoreTotals = Static<typeof Totals>

const isFigures = new Ajv({ allErrors: true }).compile<FiguresFile>(FIGURES_SCHEMA)

/** Whether a value claims to be such a file. */
export function claimsFigures(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object(value).format === FIGURES_FORMAT
}

/**
 * @param file name of the file, for errors and as the source of its figures
 * @throws UsageError of one line with the first mistake and its place
 */
export function evidenceOfFigures(value: unknown, file: string): EvidencePart {
  const fail = (reason: string) => new UsageError(`evidence: ${file}: ${reason}`)
  if (!isFigures(value)) throw fail(firstMistake(isFigures.errors, 'not a file of figures'))
  const { by, measured_at, stores } = value
  if (Number.isNaN(Date.parse(measured_at))) throw fail('measured_at is not a date')
  const found = STORES.flatMap((store) => {
    const own = stores[store]
    if (own === undefined) return []
    const foreign = foreignFigure(store, own)
    if (foreign !== null) throw fail(`stores > ${store}: ${foreign}`)
    return [...givenFigures(store, own), ...dividedTotals(store, own)]
  })
  if (found.length === 0) throw fail('contains no figure')
  return { file, by, measured_at, figures: found }
}

const ONLY: Readonly<Record<StoreName, readonly string[]>> = {
  postgres: [
    'database_cpu_s',
    'log_bytes',
    'index_bytes',
    'flush_s',
    'vcpus',
    'cpu_utilization_percent',
    'log_bytes_per_s',
  ],
  dynamodb: [
    'write_units',
    'read_units_strong',
    'read_units_eventual',
    'consumed_write_units',
    'consumed_read_units',
    'read_consistency',
  ],
}

/** A figure that only the other store has, as a sentence; `null` without one. */
function foreignFigure(
  store: StoreName,
  { operations, totals, ...own }: StoreFigures,
): string | null {
  const foreign = ONLY[store === 'postgres' ? 'dynamodb' : 'postgres']
  const names = [own, totals ?? {}, ...Object.values(operations ?? {})].flatMap((part) =>
    Object.keys(part ?? {}),
  )
  const found = names.find((name) => foreign.includes(name))
  return found === undefined ? null : `${found} is no figure of this store`
}

function givenFigures(store: StoreName, own: StoreFigures): EvidenceFigure[] {
  const at = (
    name: OperationFigure | StoreFigure,
    operation: OperationKind | null,
    value: number | undefined,
  ): EvidenceFigure[] => {
    const place = operation === null ? name : `operations/${operation}/${name}`
    return value === undefined
      ? []
      : [{ store, name, operation, value, record: `/stores/${store}/${place}` }]
  }
  return [
    ...STORE_FIGURES.flatMap((name) => at(name, null, own[name])),
    ...OPERATION_KINDS.flatMap((kind) =>
      OPERATION_FIGURES.flatMap((name) => at(name, kind, own.operations?.[kind]?.[name])),
    ),
  ]
}

/**
 * The mean per operation of the totals of a period. The kinds cannot be told apart: each gets the mean over all
 * operations (CPU), over the changes (log, write units) or over the reads (read units).
 */
function dividedTotals(store: StoreName, { operations, totals }: StoreFigures): EvidenceFigure[] {
  if (totals === undefined) return []
  const sums: readonly (readonly [
    OperationFigure,
    number | undefined,
    'all' | 'writes' | 'reads',
  ])[] = [
    ['database_cpu_s', cpuSeconds(totals), 'all'],
    ['log_bytes', times(totals.log_bytes_per_s, totals.seconds), 'writes'],
    ['write_units', totals.consumed_write_units, 'writes'],
    [`read_units_${totals.read_consistency ?? 'strong'}`, totals.consumed_read_units, 'reads'],
  ]
  const counted = OPERATION_KINDS.filter((kind) => (totals.operations[kind] ?? 0) > 0)
  return sums.flatMap(([name, sum, which]) => {
    const takes = (kind: OperationKind) => which === 'all' || isWrite(kind) === (which === 'writes')
    const kinds = counted.filter(takes)
    const count = kinds.reduce((all, kind) => all + (totals.operations[kind] ?? 0), 0)
    if (sum === undefined || count === 0) return []
    return counted.flatMap((operation): EvidenceFigure[] =>
      operations?.[operation]?.[name] === undefined
        ? [
            {
              store,
              name,
              operation,
              value: takes(operation) ? sum / count : 0,
              record: `/stores/${store}/totals`,
            },
          ]
        : [],
    )
  })
}

function cpuSeconds({ cpu_utilization_percent: percent, vcpus, seconds }: StoreTotals) {
  return times(percent === undefined ? undefined : percent / 100, times(vcpus, seconds))
}

function times(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a * b
}
