import { nameOf, type RecordedEvent } from '../events/event.ts'
import { BadField, type Fields, oneOf, optional } from '../history/fields.ts'
import type { Model, Span } from '../search/model.ts'
import { isValue, readValue, type Value } from './value.ts'

interface Common extends Span {
  /** Who invoked the operation, for people. */
  readonly process?: string | undefined
  /** The register; operations without a key concern one register. */
  readonly key?: string | undefined
}

/**
 * An operation on a register. `cas` (compare and set) writes the second value if the register holds the first one; a
 * `cas` that found another value did nothing and must be left out.
 */
export type RegisterOperation = Common &
  (
    | { readonly f: 'read'; readonly value: Value }
    | { readonly f: 'write'; readonly value: Value }
    | { readonly f: 'cas'; readonly value: readonly [expected: Value, next: Value] }
  )

/** Registers with read, write, and compare and set. @param initial what every register holds at first */
export function register(initial: Value = null): Model<Value, RegisterOperation> {
  return {
    initial,
    step(state, operation) {
      if (operation.f === 'write') return [operation.value]
      if (operation.f === 'read') return operation.value === state ? [state] : []
      const [expected, next] = operation.value
      return expected === state ? [next] : []
    },
    key: (state) => JSON.stringify(state),
    isRead: ({ f }) => f === 'read',
    partition: ({ key = '' }) => key,
  }
}

/** For `readEvents`. */
export function parseRegister(event: RecordedEvent): RegisterOperation {
  const { process, call, end, invocation, completion } = event
  const common = { process, call, end, key: optional(invocation, 'key', nameOf) }
  const f = oneOf(invocation, 'f', ['read', 'write', 'cas'])
  if (f === 'cas') return { ...common, f, value: pairOf(invocation) }
  if (f === 'write') return { ...common, f, value: readValue(invocation) }
  return { ...common, f, value: completion === undefined ? null : readValue(completion) }
}

function pairOf({ value }: Fields): readonly [Value, Value] {
  const pair: readonly unknown[] = Array.isArray(value) ? value : []
  const [expected, next, ...more] = pair
  if (!isValue(expected) || !isValue(next) || more.length > 0)
    throw new BadField('value of a cas must be [expected, next]')
  return [expected, next]
}
