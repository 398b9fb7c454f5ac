import type { Id } from './api.ts'

/** An id that is kept as a text: a number where it has only digits, unless a number cannot hold all of them. */
export function parseId(text: string): Id {
  return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text
}
