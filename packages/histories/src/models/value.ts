import { BadField, type Fields } from '../history/fields.ts'

/** A value that a register can hold. */
export type Value = string | number | boolean | null

export function readValue(fields: Fields): Value {
  const { value } = fields
  if (!isValue(value)) throw new BadField('value must be a text, a number, true, false or null')
  return value
}

export function isValue(value: unknown): value is Value {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}
