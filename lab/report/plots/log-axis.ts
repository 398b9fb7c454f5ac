/** A logarithmic axis of milliseconds with ticks at 1, 2 and 5 times each power of ten, and finer ones where it is short. */
export interface LogAxis {
  /** Ends of the axis as powers of ten. */
  readonly min: number
  readonly max: number
  /** Places of the ticks as powers of ten. */
  readonly ticks: readonly number[]
}

// Between 2 and 5; an axis at least this long has a tick.
const WIDEST_GAP = 0.4

/** An axis that holds all of `times` (milliseconds) with a little room at both ends. */
export function logAxis(times: readonly number[]): LogAxis {
  const logs = times.map(log10)
  const lowest = logs.length === 0 ? 0 : Math.min(...logs)
  const highest = logs.length === 0 ? 1 : Math.max(...logs)
  const span = highest - lowest
  const room = Math.max(span * 0.04, 0.05, (WIDEST_GAP - span) / 2)
  const [min, max] = [lowest - room, highest + room]
  const all = powers(min, max).flatMap((power) => [1, 2, 5].map((n) => power + Math.log10(n)))
  const within = (ticks: readonly number[]) => ticks.filter((tick) => tick >= min && tick <= max)
  const usual = within(all)
  const inside = usual.length >= 3 ? usual : within(fine(min, max))
  const ticks = inside.length > 7 ? inside.filter(isPowerOfTen) : inside
  return { min, max, ticks }
}

/** The logarithm of a time; times below the records' resolution count as that resolution. */
export function log10(milliseconds: number): number {
  return Math.log10(Math.max(milliseconds, 0.01))
}

/** A tick's text, for example `0.5` or `20`. */
export function tickText(log: number): string {
  return Number((10 ** log).toPrecision(2)).toLocaleString('en-US')
}

/** Between the usual ticks, for an axis so short that fewer than three of them are in sight. */
function fine(min: number, max: number): number[] {
  const steps = [1, 1.5, 2, 3, 4, 5, 6, 8]
  return powers(min, max).flatMap((power) => steps.map((n) => power + Math.log10(n)))
}

function powers(min: number, max: number): number[] {
  const first = Math.floor(min)
  return Array.from({ length: Math.ceil(max) - first + 1 }, (_, i) => first + i)
}

function isPowerOfTen(log: number): boolean {
  return Math.abs(log - Math.round(log)) < 1e-9
}
