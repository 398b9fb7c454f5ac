import { randomUUID } from 'node:crypto'

/** Hexadecimal digits of the parts of the counter, which has two. */
const PART_DIGITS = 3
const PART = 16 ** PART_DIGITS
const DIGITS = Array.from({ length: PART }, (_, n) => n.toString(16).padStart(PART_DIGITS, '0'))

/**
 * Ids for requests that come without one: UUIDs of version 4 whose last digits count up, so that an id takes a few instructions
 * instead of 2,000. After 16 million, the rest is new; 98 random bits tell the ids of processes apart.
 */
export function createRequestIds(): () => string {
  let head = ''
  let next = PART * PART
  return () => {
    if (next === PART * PART) {
      head = randomUUID().slice(0, -2 * PART_DIGITS)
      next = 0
    }
    const low = next % PART
    const id = `${head}${DIGITS[(next - low) / PART]}${DIGITS[low]}`
    next += 1
    return id
  }
}
