import type { EntityId } from './types.ts'

/**
 * An id as a URL has it. There, text has no type: `42` is the integer 42, and the string `42` has quotes around it. Every
 * other string is as it is.
 */
export function idText(id: EntityId): string {
  const digits = typeof id === 'string' ? /^("*)([1-9][0-9]{0,15})\1$/.exec(id)?.[2] : undefined
  return Number.isSafeInteger(Number(digits)) ? `"${id}"` : `${id}`
}
