import Type from 'typebox'
import type { LoadResult } from './load-result.ts'
import { LoadSpecSchema } from './load-spec.ts'
import { OPERATION_KINDS } from './operation-kinds.ts'
import { amount, amountOrNull, count, object, orNull, type Shape, text } from './shape.ts'

/** The parts of a comparison file; `comparison-file.ts` puts them together. */

/** A load result, described once: in the definitions of the file. */
const LoadResultRef = Type.Unsafe<LoadResult>({ $ref: '#/definitions/load_result' })

const side = text('Key of a target.')

const ResourceUseSchema = object({
  service_cpu_s: amountOrNull('CPU seconds of the service during the run.'),
  service_memory_bytes: amountOrNull('Resident memory of the service after the run, bytes.'),
  database_cpu_s: amountOrNull('CPU seconds of the embedded database.'),
  database_memory_bytes: amountOrNull(
    'Resident memory of the embedded database after the run, bytes.',
  ),
  database_disk_bytes: amountOrNull('Size of the data folder after the run, bytes.'),
  connections: amountOrNull('Connections in the pool of the store after the run, active or idle.'),
  read_units: amountOrNull('Consumed read capacity units as DynamoDB reports them.'),
  write_units: amountOrNull('Consumed write capacity units.'),
  store_retries: amountOrNull('Statements or requests that the store retried.'),
  store_throttles: amountOrNull('Requests that the database throttled.'),
})

export type ResourceUse = Shape<typeof ResourceUseSchema>

const SlotSchema = object({
  block: Type.Integer({ minimum: 0 }),
  place: count('Position within the block.'),
  side,
  result: LoadResultRef,
  watched: ResourceUseSchema,
})

export const LoadPartSchema = object({
  spec: LoadSpecSchema,
  blocks: Type.Integer({ minimum: 1, description: 'Number of valid blocks requested.' }),
  margin: amount('Relative differences up to this are negligible.'),
  slots: Type.Array(SlotSchema),
})

export type LoadPart = Shape<typeof LoadPartSchema>

const CapacityPointSchema = object({
  rate: Type.Number({ description: 'Offered, operations per second.' }),
  achieved: amountOrNull('Successes per second.'),
  p50: amountOrNull('Response time, milliseconds.'),
  p99: amountOrNull('Response time, milliseconds.'),
  error_rate: Type.Number({ minimum: 0, maximum: 1 }),
  meets: orNull(
    Type.Boolean(),
    'Whether the objective was met; null if inconclusive: the generator was the bottleneck, too few requests for the percentile, or interrupted.',
  ),
})

export const CapacityPartSchema = object({
  objective: Type.String({
    pattern: '^p(50|90|95|99|999)=\\d+(\\.\\d+)?ms$',
    description: 'Such as p99=50ms.',
  }),
  sides: Type.Array(
    object({
      side,
      points: Type.Array(CapacityPointSchema),
      highest: amountOrNull('The highest confirmed rate that met the objective; null for none.'),
      limited_by: Type.Enum(['objective', 'generator', 'search']),
    }),
  ),
})

export type CapacityPart = Shape<typeof CapacityPartSchema>
export type CapacityPoint = Shape<typeof CapacityPointSchema>

const OperationCostSchema = object({
  operation: Type.Enum([...OPERATION_KINDS]),
  read_consistency: orNull(
    Type.Enum(['strong', 'eventual']),
    'The consistency that the reads requested.',
  ),
  count: count('Operations measured.'),
  failed: Type.Integer({ minimum: 0 }),
  service_cpu_s: amountOrNull('CPU seconds of the service per operation.'),
  database_cpu_s: amountOrNull('CPU seconds of the embedded database per operation.'),
  read_units: amountOrNull('Read capacity units per operation, table and indexes.'),
  write_units: amountOrNull('Write capacity units per operation.'),
  log_bytes: Type.Optional(
    amountOrNull(
      'Bytes of write-ahead log of PostgreSQL per operation, right before a checkpoint.',
    ),
  ),
  log_bytes_after_checkpoint: Type.Optional(
    amountOrNull('The same right after a checkpoint: the first change of a page logs it whole.'),
  ),
})

export type OperationCost = Shape<typeof OperationCostSchema>

export const OperationsPartSchema = object({
  sides: Type.Array(
    object({
      side,
      clients: Type.Integer({ minimum: 1, description: 'Concurrent operations.' }),
      lines: Type.Integer({ minimum: 1, description: 'Lines per cart.' }),
      listed: Type.Integer({ minimum: 1, description: 'Carts per list.' }),
      operations: Type.Array(OperationCostSchema, {
        description: 'Empty for a service without metrics.',
      }),
      cart_bytes: amountOrNull('Size of such a cart: on disk, or billed for its item.'),
      cart_bytes_by: orNull(Type.Enum(['disk', 'units']), 'Which of the two `cart_bytes` is.'),
      index_bytes: Type.Optional(amountOrNull('Bytes of indexes per cart, part of `cart_bytes`.')),
      flush_s: Type.Optional(
        amountOrNull('Median seconds of a flush of the write-ahead log on the disk of the run.'),
      ),
    }),
  ),
})

export type OperationsPart = Shape<typeof OperationsPartSchema>

/** Short runs of the load at other rates. */
export const GrowthPartSchema = object({
  sides: Type.Array(
    object({
      side,
      runs: Type.Array(object({ result: LoadResultRef, watched: ResourceUseSchema })),
    }),
  ),
})

export type GrowthPart = Shape<typeof GrowthPartSchema>

const HistorySchema = object({
  request: Type.Enum(['list_carts', 'list_orders']),
  count: count('Lists requested, one after another.'),
  failed: count('Lists without a response, or with missing entries.'),
  mean: amountOrNull('Milliseconds, of the successful lists.'),
  p50: amountOrNull('Milliseconds, nearest rank.'),
  p95: amountOrNull('Milliseconds, nearest rank.'),
  max: amountOrNull('Milliseconds.'),
})

export const RequirementsPartSchema = object({
  sides: Type.Array(
    object({
      side,
      hundred_shoppers: orNull(LoadResultRef, '100 concurrent shoppers without pauses.'),
      fifty_lines: orNull(LoadResultRef, 'Carts of 50 lines; null with fewer than 50 products.'),
      history: Type.Array(HistorySchema, { description: 'Of a customer with 20 carts.' }),
    }),
  ),
})

export type RequirementsPart = Shape<typeof RequirementsPartSchema>
