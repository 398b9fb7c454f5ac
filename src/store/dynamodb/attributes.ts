import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** An item: attribute values by name, as in DynamoDB's JSON. */
export type Item = Record<string, AttributeValue>

export function number(value: number): AttributeValue.NMember {
  return { N: String(value) }
}

/** Whole seconds, for comparisons with `expires_at`: `now < expires_at * 1000` is the same as `floor(now / 1000) < expires_at`. */
export function seconds(now: number): AttributeValue.NMember {
  return number(Math.floor(now / 1000))
}

/** The string attribute with that name; throws when it is missing, which is a fault of ours. */
export function textIn(item: Item, name: string): string {
  return present(item[name]?.S, name)
}

export function numberIn(item: Item, name: string): number {
  return Number(present(item[name]?.N, name))
}

/** A count whose attribute is absent while it is 0. */
export function countIn(item: Item, name: string): number {
  return item[name] === undefined ? 0 : numberIn(item, name)
}

export function mapIn(item: Item, name: string): Item {
  return present(item[name]?.M, name)
}

/** The item without those attributes. */
export function without(item: Item, ...names: readonly string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)))
}

function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`The cart's item has no usable "${name}"`)
  return value
}
