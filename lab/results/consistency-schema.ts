import Type from 'typebox'

/** Records of the consistency test; `lab/consistency/records.ts` says what the fields mean. */

const count = Type.Integer({ minimum: 0 })
const time = Type.Number({ minimum: 0, description: 'Milliseconds.' })
const percent = Type.Union([Type.Number({ minimum: 0, maximum: 100 }), Type.Null()])
const orNull = <T extends Type.TSchema>(type: T) => Type.Union([type, Type.Null()])

/** A record of one scenario: what all have, and its own fields. */
function record<S extends string, P extends Record<string, Type.TSchema>>(scenario: S, own: P) {
  return Type.Object(
    {
      database: Type.String({ description: 'Key of a side.' }),
      scenario: Type.Literal(scenario),
      cart_id: orNull(Type.String()),
      success: Type.Boolean(),
      error: Type.Optional(Type.String()),
      timestamp: Type.String(),
      ...own,
    },
    { additionalProperties: false },
  )
}

/** Told apart by `scenario`, so that an error names the field that is wrong. */
export const ConsistencyRecordSchema = Type.Unsafe<unknown>({
  type: 'object',
  discriminator: { propertyName: 'scenario' },
  required: ['scenario'],
  oneOf: [
    record('create_then_read', {
      create_time_ms: time,
      read_attempts: count,
      consistent_reads: count,
      consistency_rate: percent,
      delays_ms: Type.Array(orNull(time)),
    }),
    record('write_then_read_items', {
      product_id: Type.Integer(),
      add_time_ms: orNull(time),
      read_attempts: count,
      item_visible_count: count,
      consistency_rate: percent,
    }),
    record('rapid_updates', {
      updates_sent: count,
      updates_successful: count,
      final_items_count: orNull(count),
      updates: Type.Array(
        Type.Object(
          { product_id: Type.Integer(), time_ms: time, success: Type.Boolean() },
          { additionalProperties: false },
        ),
      ),
    }),
    record('concurrent_updates', {
      product_id: Type.Integer(),
      clients: count,
      updates_sent: count,
      updates_successful: count,
      acknowledged_quantity: count,
      unknown_quantity: count,
      stored_quantity: orNull(count),
      lost_updates: orNull(count),
      duplicated_updates: orNull(count),
    }),
  ],
})
