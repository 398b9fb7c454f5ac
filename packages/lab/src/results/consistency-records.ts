import Type from 'typebox'
import { amount, count, object, orNull, type Shape, text } from './shape.ts'

/**
 * The records of the quick consistency test, as its result file contains them: one flat array; `scenario` identifies the
 * kind of record. Times are milliseconds with 2 decimals; rates are percentages (0-100) with 2 decimals.
 *
 * A read is consistent if it shows the write that was acknowledged before the read was sent. A read that does not is
 * a miss. Eventual reads may be stale, so a miss alone is not a failure.
 */

/** The scenarios, in the order of an iteration. */
export const SCENARIOS = [
  'create_then_read',
  'write_then_read_items',
  'rapid_updates',
  'concurrent_updates',
] as const

export type QuickScenario = (typeof SCENARIOS)[number]

const OUTCOME = {
  cart_id: orNull(Type.String(), 'null if the cart could not be created.'),
  success: Type.Boolean({
    description:
      'False if a request failed, or if an acknowledged change was lost or applied more than once. A stale read does not make it false.',
  }),
  error: Type.Optional(text('Why `success` is false; absent otherwise.')),
  timestamp: text('Start of the scenario, ISO 8601 UTC.'),
}
const READS = {
  read_attempts: count('Reads sent, including failed ones; 0 if the write before them failed.'),
}
const productId = Type.Union([Type.Integer(), Type.String()])
const rate = (of: string) =>
  orNull(
    Type.Number({ minimum: 0, maximum: 100 }),
    `${of} of \`read_attempts\`; null without reads.`,
  )
const UPDATES = {
  updates_sent: count('Updates sent.'),
  updates_successful: count('Updates acknowledged.'),
}

/** The fields of each record. */
const FIELDS = {
  /** A cart is created and read five times. */
  create_then_read: {
    scenario: Type.Literal('create_then_read'),
    ...OUTCOME,
    create_time_ms: amount('Milliseconds.'),
    ...READS,
    consistent_reads: count('Reads that found the cart.'),
    consistency_rate: rate('`consistent_reads`'),
    delays_ms: Type.Array(orNull(amount('Milliseconds.')), {
      description:
        'For each read: the time from the response of the write to the response of the read, when the write is known to be visible. null for a miss or a failed read.',
    }),
  },
  /** Two units of one product are added to a new cart, which is then read five times. */
  write_then_read_items: {
    scenario: Type.Literal('write_then_read_items'),
    ...OUTCOME,
    product_id: productId,
    add_time_ms: orNull(amount('Milliseconds.'), 'null if there was no cart to add to.'),
    ...READS,
    item_visible_count: count('Reads that showed the product with at least the added quantity.'),
    consistency_rate: rate('`item_visible_count`'),
  },
  /** One client adds different products to one cart, one after another. */
  rapid_updates: {
    scenario: Type.Literal('rapid_updates'),
    ...OUTCOME,
    ...UPDATES,
    final_items_count: orNull(count('Lines.'), 'Lines in the cart afterwards; null if unreadable.'),
    updates: Type.Array(
      object({
        product_id: productId,
        time_ms: amount('Milliseconds.'),
        success: Type.Boolean(),
      }),
    ),
  },
  /** Several clients at once add single units of one product to one cart. */
  concurrent_updates: {
    scenario: Type.Literal('concurrent_updates'),
    ...OUTCOME,
    product_id: productId,
    clients: count('Concurrent clients.'),
    ...UPDATES,
    acknowledged_quantity: count('Units whose add was acknowledged.'),
    unknown_quantity: count(
      'Units whose add may or may not have been applied: no response, a truncated one, or a server error.',
    ),
    stored_quantity: orNull(count('Units.'), 'Units in the cart afterwards; null if unreadable.'),
    lost_updates: orNull(
      count('Units.'),
      'Acknowledged units that are not stored; null if the cart could not be read.',
    ),
    duplicated_updates: orNull(
      count('Units.'),
      'Stored units beyond all acknowledged and unknown adds; null if the cart could not be read.',
    ),
  },
}

const DATABASE = { database: text('Key of a target.') }

const RECORDS = {
  create_then_read: object(FIELDS.create_then_read),
  write_then_read_items: object(FIELDS.write_then_read_items),
  rapid_updates: object(FIELDS.rapid_updates),
  concurrent_updates: object(FIELDS.concurrent_updates),
}

export type CreateThenReadRecord = Shape<typeof RECORDS.create_then_read>
export type WriteThenReadItemsRecord = Shape<typeof RECORDS.write_then_read_items>
export type RapidUpdatesRecord = Shape<typeof RECORDS.rapid_updates>
export type ConcurrentUpdatesRecord = Shape<typeof RECORDS.concurrent_updates>
export type ConsistencyRecord = Shape<(typeof RECORDS)[QuickScenario]>

/** A record of a comparison. The discriminator makes an error name the field that is wrong. */
export const CombinedConsistencyRecordSchema = Type.Unsafe<
  ConsistencyRecord & { readonly database: string }
>({
  type: 'object',
  discriminator: { propertyName: 'scenario' },
  required: ['scenario'],
  oneOf: SCENARIOS.map((scenario) => object({ ...DATABASE, ...FIELDS[scenario] })),
})
