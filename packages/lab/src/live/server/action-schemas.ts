import Type from 'typebox'
import type { ActionName } from '../protocol.ts'
import { LIVE_MIXES } from '../shopping/mixes.ts'
import { LIVE_FAULTS } from '../sides/fault-list.ts'
import { MAX_SHOPPERS } from './stage.ts'

const strict = { additionalProperties: false }
const text = Type.String({ maxLength: 200 })
const perSide = Type.Record(text, text)
const optional = Type.Optional

/** What the page may send, by action. */
export const ACTION_SCHEMAS: Readonly<Record<ActionName, object>> = {
  click: Type.Object(
    {
      action: Type.Enum(['create', 'add', 'set', 'remove', 'get', 'checkout', 'merge', 'list']),
      carts: optional(perSide),
      from: optional(perSide),
      customer: optional(text),
      product: optional(Type.Integer({ minimum: 1, maximum: 100 })),
      quantity: optional(Type.Integer({ minimum: 0, maximum: 1000 })),
      key: optional(text),
      if_version: optional(Type.Integer({ minimum: 1 })),
      consistency: optional(Type.Enum(['strong', 'eventual'])),
    },
    strict,
  ),
  load: Type.Object(
    {
      shoppers: Type.Integer({ minimum: 0, maximum: MAX_SHOPPERS }),
      mix: Type.Enum(Object.keys(LIVE_MIXES)),
    },
    strict,
  ),
  fault: Type.Object(
    { fault: Type.Enum(LIVE_FAULTS.map(({ id }) => id)), side: text, on: Type.Boolean() },
    strict,
  ),
  move: Type.Object({ action: Type.Enum(['open', 'start', 'back', 'finish', 'close']) }, strict),
  save: Type.Object({}, strict),
}
