const DAY_MS = 86_400_000
/** Days kept: a shop's carts are of a few weeks, its orders of a few years. */
const MOST_DAYS = 2000

const padded = (count: number, digits: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => String(n).padStart(digits, '0'))
const TWO = padded(60, 2)
const THREE = padded(1000, 3)
const days = new Map<number, string>()

/**
 * The same text as `new Date(milliseconds).toISOString()`, for whole milliseconds. A cart of five lines has 13 times,
 * and making their texts by way of `Date` took 8 microseconds of the 40 that a read costs in all, this takes 1.
 *
 * @throws RangeError for a day that no `Date` can hold
 */
export function isoTime(milliseconds: number): string {
  const day = Math.floor(milliseconds / DAY_MS)
  const rest = milliseconds - day * DAY_MS
  const minutes = Math.floor(rest / 60_000)
  const hour = TWO[Math.floor(minutes / 60)]
  const second = TWO[Math.floor((rest % 60_000) / 1000)]
  return `${days.get(day) ?? newDay(day)}T${hour}:${TWO[minutes % 60]}:${second}.${THREE[rest % 1000]}Z`
}

function newDay(day: number): string {
  const text = new Date(day * DAY_MS).toISOString().split('T', 1)[0] ?? ''
  if (days.size >= MOST_DAYS) days.clear()
  days.set(day, text)
  return text
}
