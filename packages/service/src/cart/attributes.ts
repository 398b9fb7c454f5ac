/**
 * What distinguishes a line from other lines of its product: `{"size": "M"}`, `{"gift_note": "For Anna"}`. Attributes are part
 * of a line's identity (`line-key.ts`).
 */
export type Attributes = Readonly<Record<string, string>>

/**
 * Bounds of the attributes of one line. A cart with the maximum number of lines, each with the maximum of bytes, must stay below
 * DynamoDB's 400 KB per item.
 */
export const MAX_ATTRIBUTES = 8
export const MAX_ATTRIBUTE_NAME = 32
export const MAX_ATTRIBUTE_VALUE = 200
/** Of `attributesText` in UTF-8. */
export const MAX_ATTRIBUTES_BYTES = 300

/** The rule for attributes, for error messages. */
export const ATTRIBUTES_RULE = `must have at most ${MAX_ATTRIBUTES} members, with names of 1 to ${MAX_ATTRIBUTE_NAME} printable characters and texts of 1 to ${MAX_ATTRIBUTE_VALUE} printable characters or line breaks, and at most ${MAX_ATTRIBUTES_BYTES} bytes as JSON in all`

// As ids, but a gift note may have several lines.
const NAME = new RegExp(`^[^\\p{C}]{1,${MAX_ATTRIBUTE_NAME}}$`, 'u')
const VALUE = new RegExp(`^(?:[^\\p{C}]|\\n){1,${MAX_ATTRIBUTE_VALUE}}$`, 'u')

/**
 * Checks the attributes of a line.
 *
 * @returns the attributes with their names in order, without members if there are none; `undefined` when `value` breaks the rule
 */
export function parseAttributes(value: unknown): Attributes | undefined {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const members = Object.entries(value)
  const isAllowed = members.every(
    ([name, text]) =>
      NAME.test(name) &&
      // Bodies with it are refused; it could still come with the id of a line.
      name !== '__proto__' &&
      typeof text === 'string' &&
      VALUE.test(text),
  )
  if (!isAllowed || members.length > MAX_ATTRIBUTES) return undefined
  const text = attributesText(Object.fromEntries(members))
  return Buffer.byteLength(text) <= MAX_ATTRIBUTES_BYTES ? JSON.parse(text) : undefined
}

/** Attributes as JSON with their names in order: equal attributes have equal texts. Without spaces or line breaks. */
export function attributesText(attributes: Attributes): string {
  const members = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(Object.fromEntries(members))
}
