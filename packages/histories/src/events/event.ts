import { BadField, type Fields } from '../history/fields.ts'
import type { Span } from '../search/model.ts'

/** An invocation with its completion. Times are line numbers, because events are recorded in order. */
export interface RecordedEvent extends Span {
  readonly process: string
  readonly invocation: Fields
  /** `undefined` if the response was lost. */
  readonly completion: Fields | undefined
}

/** The operation that an event records; BadField says what is wrong with the event. */
export type EventParser<Operation extends Span> = (event: RecordedEvent) => Operation

/** A text; a number, as Jepsen uses for processes and keys, becomes the text that spells it. */
export function nameOf(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new BadField(`${name} must be a text or a number`)
  return String(value)
}
