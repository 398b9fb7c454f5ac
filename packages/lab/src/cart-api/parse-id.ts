import type { Id } from './api.ts'

/**
 * An id that is kept as a text. Where ids are numbers, JSON has numbers; leading zeros, and numbers too large for JSON, are
 * text.
 */
export function parseId(text: string): Id {
  return /^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text
}
