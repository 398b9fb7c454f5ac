import { UsageError } from '../errors/usage-error.ts'
import type { LoadPartFile } from '../results/load-part.ts'

/** The part of a load to run, and when. */
export interface LoadPart {
  readonly part: LoadPartFile['part']
  /** Milliseconds since the epoch. */
  readonly startAt: number | undefined
}

const MOST_PARTS = 64
const HOUR_MS = 3_600_000
/** A time of day that is over for longer than this is tomorrow's. */
const TOMORROW_MS = 12 * HOUR_MS

/**
 * Reads `--part` and `--start-at`; `null` without them.
 *
 * @param underLoad whether a load is run
 * @param now milliseconds since the epoch
 * @throws UsageError in one line
 */
export function partOf(
  options: { readonly part?: string | undefined; readonly startAt?: string | undefined },
  underLoad: boolean,
  now: number = Date.now(),
): LoadPart | null {
  const { part, startAt } = options
  if (part === undefined) {
    if (startAt !== undefined) throw new UsageError('start-at: requires --part')
    return null
  }
  if (!underLoad) throw new UsageError('part: requires a load; add --rate or --closed')
  const [, k, n] = /^(\d{1,3})\/(\d{1,3})$/.exec(part) ?? []
  const [index, of] = [Number(k), Number(n)]
  if (!(index >= 1 && index <= of && of <= MOST_PARTS))
    throw new UsageError(
      `part: "${part}" is not like 2/8, from 1/n to n/n with at most ${MOST_PARTS}`,
    )
  return { part: { index, of }, startAt: startAt === undefined ? undefined : timeOf(startAt, now) }
}

function timeOf(text: string, now: number): number {
  const time = parseTime(text, now)
  if (time === null)
    throw new UsageError(
      `start-at: "${text}" is not a UTC time such as 14:05:00Z or 2026-11-30T14:05:00Z`,
    )
  if (time <= now)
    throw new UsageError(`start-at: ${text} has passed; it is ${new Date(now).toISOString()}`)
  if (time > now + 24 * HOUR_MS) throw new UsageError(`start-at: ${text} is more than a day ahead`)
  return time
}

function parseTime(text: string, now: number): number | null {
  const today = new Date(now).toISOString().slice(0, 'YYYY-MM-DD'.length)
  const isTimeOfDay = /^\d\d:\d\d(:\d\d)?Z$/.test(text)
  if (!isTimeOfDay && !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(text)) return null
  const time = Date.parse(isTimeOfDay ? `${today}T${text}` : text)
  if (Number.isNaN(time)) return null
  return isTimeOfDay && now - time > TOMORROW_MS ? time + 24 * HOUR_MS : time
}
