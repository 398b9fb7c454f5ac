import { nameOf, type RecordedEvent } from '../events/event.ts'
import { BadField, oneOf, textOf } from '../history/fields.ts'
import type { Model, Span } from '../search/model.ts'
import { readValue } from './value.ts'

/** An operation on one key of a store of texts. */
export type KeyValueOperation = Span & {
  /** Who invoked the operation, for people. */
  readonly process?: string | undefined
  readonly key: string
} & (
    | { readonly f: 'get'; readonly value: string | null }
    | { readonly f: 'put' | 'append'; readonly value: string }
  )

/** A key-value store. A key that was never written holds `null`; an append to it begins with the empty text. */
export const keyValue: Model<string | null, KeyValueOperation> = {
  initial: null,
  step(state, { f, value }) {
    if (f === 'get') return value === state ? [state] : []
    return [f === 'put' ? value : (state ?? '') + value]
  },
  key: (state) => JSON.stringify(state),
  isRead: ({ f }) => f === 'get',
  partition: ({ key }) => key,
}

/** For `readEvents`. */
export function parseKeyValue(event: RecordedEvent): KeyValueOperation {
  const { process, call, end, invocation, completion } = event
  const common = { process, call, end, key: nameOf(invocation, 'key') }
  const f = oneOf(invocation, 'f', ['get', 'put', 'append'])
  if (f !== 'get') return { ...common, f, value: textOf(invocation, 'value') }
  const value = completion === undefined ? null : readValue(completion)
  if (value !== null && typeof value !== 'string')
    throw new BadField('value of a get must be a text or null')
  return { ...common, f, value }
}
