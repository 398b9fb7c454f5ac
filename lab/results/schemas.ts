import Type from 'typebox'
import type { LoadResult } from '../load/load-result.ts'
import { LoadSpecSchema } from '../load/load-spec.ts'
import { OPERATION_KINDS } from './operation-kinds.ts'

/** The parts of the file of a comparison; `comparison-file.ts` puts them together. */

const strict = { additionalProperties: false }
const text = (description: string) => Type.String({ description })
const orNull = <T extends Type.TSchema>(type: T, description: string) =>
  Type.Union([type, Type.Null()], { description })
const nullableNumber = (description: string) => orNull(Type.Number({ minimum: 0 }), description)

/** A result of `pushcart perf` under load, described once: see the definitions of the whole. */
const LoadResultRef = Type.Unsafe<LoadResult>({ $ref: '#/definitions/load_result' })

const SideSchema = Type.Object(
  {
    key: Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$' }),
    label: text('What people read.'),
    store: Type.Union([Type.Enum(['postgres', 'dynamodb', 'memory']), Type.Null()]),
    engine: Type.Union([Type.Enum(['embedded', 'external']), Type.Null()]),
    read_consistency: Type.Union([Type.Enum(['eventual', 'strong']), Type.Null()]),
    emulator: Type.Boolean(),
    address: Type.Union([Type.String(), Type.Null()]),
    database_version: Type.Union([Type.String(), Type.Null()]),
    durability: Type.Union([Type.String(), Type.Null()]),
    pool_size: Type.Optional(
      nullableNumber(
        'Most connections of the service to its database; null where it does not say.',
      ),
    ),
  },
  strict,
)

export const EnvironmentSchema = Type.Object(
  {
    started_at: text('ISO 8601 UTC.'),
    pushcart_version: Type.String(),
    command: text('What runs it again.'),
    seed: Type.Integer(),
    stream_sha256: text('Of the operations of the quick look.'),
    operations: Type.Integer({ description: 'Of the quick look, per side.' }),
    warm_up_operations: Type.Integer(),
    consistency_iterations: Type.Integer(),
    concurrent_clients: Type.Integer(),
    machine: Type.Object(
      {
        system: Type.String(),
        cpu: Type.String(),
        cores: Type.Integer(),
        memory_gib: Type.Number(),
        node: Type.String(),
      },
      strict,
    ),
    sides: Type.Array(SideSchema, {
      minItems: 2,
      maxItems: 3,
      description: 'The first is compared with each of the others.',
    }),
  },
  strict,
)

const perf = {
  operation: Type.Enum(['create_cart', 'add_items', 'get_cart']),
  response_time: Type.Number({ minimum: 0, description: 'Milliseconds.' }),
  success: Type.Boolean(),
  status_code: Type.Integer({ minimum: 0 }),
  timestamp: Type.String(),
  error: Type.Optional(Type.String()),
}

export const CombinedRecordSchema = Type.Object(
  { database: text('Key of a side.'), ...perf },
  strict,
)

const ResourceUseSchema = Type.Object(
  {
    service_cpu_s: nullableNumber('CPU seconds of the service during the slot.'),
    service_memory_bytes: nullableNumber('Resident memory of the service after it.'),
    database_cpu_s: nullableNumber('CPU seconds of the embedded database.'),
    database_memory_bytes: nullableNumber('Its memory after the slot.'),
    database_disk_bytes: nullableNumber('Its data folder after the slot.'),
    connections: nullableNumber('Connections of the store, active or idle, after the slot.'),
    read_units: nullableNumber('Read capacity units that DynamoDB said were consumed.'),
    write_units: nullableNumber('Write capacity units.'),
    store_retries: nullableNumber('Statements or requests that the store sent again.'),
    store_throttles: nullableNumber('Requests that the database refused for want of capacity.'),
  },
  strict,
)

const SlotSchema = Type.Object(
  {
    block: Type.Integer({ minimum: 0 }),
    place: Type.Integer({ minimum: 0, description: 'Which of its block it was.' }),
    side: text('Key of a side.'),
    result: LoadResultRef,
    watched: ResourceUseSchema,
  },
  strict,
)

export const LoadPartSchema = Type.Object(
  {
    spec: LoadSpecSchema,
    blocks: Type.Integer({ minimum: 1, description: 'Valid blocks that were wanted.' }),
    margin: Type.Number({ minimum: 0, description: 'Differences up to this share do not matter.' }),
    slots: Type.Array(SlotSchema),
  },
  strict,
)

const CapacityPointSchema = Type.Object(
  {
    rate: Type.Number({ description: 'Offered, operations per second.' }),
    achieved: nullableNumber('Successes per second.'),
    p50: nullableNumber('Response time, milliseconds.'),
    p99: nullableNumber('Response time, milliseconds.'),
    error_rate: Type.Number({ minimum: 0, maximum: 1 }),
    meets: Type.Union([Type.Boolean(), Type.Null()], {
      description:
        'Whether the objective was met; null when the run cannot tell: the generator was the bottleneck, too few requests for the percentile, or cut off.',
    }),
  },
  strict,
)

export const CapacityPartSchema = Type.Object(
  {
    objective: Type.String({
      pattern: '^p(50|90|95|99|999)=\\d+(\\.\\d+)?ms$',
      description: 'Such as p99=50ms.',
    }),
    sides: Type.Array(
      Type.Object(
        {
          side: text('Key of a side.'),
          points: Type.Array(CapacityPointSchema),
          highest: nullableNumber('The highest confirmed rate that met it; null for none.'),
          limited_by: Type.Enum(['objective', 'generator', 'search']),
        },
        strict,
      ),
    ),
  },
  strict,
)

const OperationCostSchema = Type.Object(
  {
    operation: Type.Enum([...OPERATION_KINDS]),
    read_consistency: orNull(Type.Enum(['strong', 'eventual']), 'What gets asked for.'),
    count: Type.Integer({ minimum: 0, description: 'Operations measured.' }),
    failed: Type.Integer({ minimum: 0 }),
    service_cpu_s: nullableNumber('CPU seconds of the service per operation.'),
    database_cpu_s: nullableNumber('CPU seconds of the embedded database per operation.'),
    read_units: nullableNumber('Read capacity units per operation, table and indexes.'),
    write_units: nullableNumber('Write capacity units per operation.'),
  },
  strict,
)

export const OperationsPartSchema = Type.Object(
  {
    sides: Type.Array(
      Type.Object(
        {
          side: text('Key of a side.'),
          clients: Type.Integer({ minimum: 1, description: 'Operations at once.' }),
          lines: Type.Integer({ minimum: 1, description: 'Of the carts worked on.' }),
          listed: Type.Integer({ minimum: 1, description: 'Carts in a list.' }),
          operations: Type.Array(OperationCostSchema, {
            description: 'None for a service that tells nothing of itself.',
          }),
          cart_bytes: nullableNumber('Of such a cart: on disk, or billed for its item.'),
          cart_bytes_by: orNull(Type.Enum(['disk', 'units']), 'Which of the two.'),
        },
        strict,
      ),
    ),
  },
  strict,
)

/** The load of the blocks at other rates, a few seconds each. */
export const GrowthPartSchema = Type.Object(
  {
    sides: Type.Array(
      Type.Object(
        {
          side: text('Key of a side.'),
          runs: Type.Array(
            Type.Object({ result: LoadResultRef, watched: ResourceUseSchema }, strict),
          ),
        },
        strict,
      ),
    ),
  },
  strict,
)

const HistorySchema = Type.Object(
  {
    request: Type.Enum(['list_carts', 'list_orders']),
    count: Type.Integer({ minimum: 0, description: 'Lists asked for, one after another.' }),
    failed: Type.Integer({
      minimum: 0,
      description: 'Not answered, or with fewer entries than there are.',
    }),
    mean: nullableNumber('Milliseconds, of those that succeeded.'),
    p50: nullableNumber('Nearest rank.'),
    p95: nullableNumber('Nearest rank.'),
    max: nullableNumber('Milliseconds.'),
  },
  strict,
)

export const RequirementsPartSchema = Type.Object(
  {
    sides: Type.Array(
      Type.Object(
        {
          side: text('Key of a side.'),
          hundred_shoppers: orNull(LoadResultRef, '100 shoppers at once, without a pause.'),
          fifty_lines: orNull(LoadResultRef, 'Carts of 50 lines; null with fewer products.'),
          history: Type.Array(HistorySchema, { description: 'Of a customer with 20 carts.' }),
        },
        strict,
      ),
    ),
  },
  strict,
)
