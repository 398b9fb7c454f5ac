import { type Operation, READ_MODES, type ReadMode } from '../history/operation.ts'
import { type CartLines, seenIn } from './cart-lines.ts'
import { type CartView, isCurrent, mayBeDeleted, mayBeEmptied, type Step } from './cart-view.ts'
import { countBelow } from './count-sorted.ts'
import type { Share, Staleness } from './report.ts'

/** The age of what a read showed, for a read after an acknowledged change of its cart. Times in nanoseconds. */
export interface ReadAge {
  readonly mode: ReadMode
  /** From the response of the newest change before the read to the call of the read. */
  readonly since: number
  /** From the response of the oldest change that the read missed; `null` if it missed none. */
  readonly age: number | null
  /** Missed changes; `null` without versions. */
  readonly behind: number | null
}

export interface Freshness extends ReadAge {
  readonly read: Operation
  /** The oldest change that the read missed. */
  readonly missed: Operation | undefined
}

/** How fresh the reads of a cart were, by versions. */
export function freshnessByVersion(view: CartView): Freshness[] {
  const placed = view.changes
    .filter(({ version, end }) => version !== undefined && end !== Infinity)
    .sort((a, b) => a.end - b.end)
  const ends = placed.map(({ end }) => end)
  const newest = runningNewest(placed)
  return view.gets.flatMap((read) => {
    const before = countBelow(ends, read.call)
    const latest = newest[before - 1]
    const seen = versionSeen(view, read)
    if (latest === undefined || seen === undefined) return []
    const behind = Math.max(0, latest - seen)
    const missed = behind === 0 ? undefined : placed.find(({ version = 0 }) => version > seen)
    return [
      {
        read,
        missed: missed?.operation,
        mode: read.read ?? 'strong',
        since: read.call - (ends[before - 1] ?? 0),
        age: missed === undefined ? null : read.call - missed.end,
        behind,
      },
    ]
  })
}

/** The version of a cart that is not found is the one before its first, unless the cart may have been deleted. */
function versionSeen(view: CartView, read: Operation): number | undefined {
  if (read.error === undefined) return read.version
  const created = view.changes.find(({ kind }) => kind === 'create')
  return mayBeDeleted(view, read) ? undefined : (created?.version ?? 1) - 1
}

/**
 * How fresh the reads of a cart were, by quantities: a read is stale if a line shows fewer units than were acknowledged.
 * Considers lines that only grow and have lost nothing, because lost units are not stale.
 */
export function freshnessByQuantity(lines: CartLines): Freshness[] {
  const whole = lines.products.filter((product) => !loses(lines, product))
  const ends = lines.view.changes
    .map(({ end }) => end)
    .filter((end) => end !== Infinity)
    .sort((a, b) => a - b)
  return lines.view.gets.flatMap((read) => {
    const newest = ends[countBelow(ends, read.call) - 1]
    if (newest === undefined || mayBeEmptied(lines.view, read)) return []
    if (read.error !== undefined && mayBeDeleted(lines.view, read)) return []
    const missed = missedBy(lines, whole, read)
    const age = missed === undefined ? null : read.call - missed.end
    const mode = read.read ?? 'strong'
    return [{ read, missed: missed?.operation, mode, since: read.call - newest, age, behind: null }]
  })
}

/** Whether even the last read that must be current shows less of the product than was acknowledged. */
function loses(lines: CartLines, product: string): boolean {
  const line = lines.lineOf(product)
  const last = lines.view.reads.findLast(
    (read) => isCurrent(read) && read.error === undefined && !mayBeEmptied(lines.view, read),
  )
  const due = last === undefined ? undefined : line.boundsOf(last)?.low
  return last !== undefined && due !== undefined && seenIn(last, product) < due
}

/** The highest version among the first n changes that ended. */
function runningNewest(placed: readonly Step[]): number[] {
  let newest = 0
  return placed.map(({ version = 0 }) => {
    newest = Math.max(newest, version)
    return newest
  })
}

/** The first change, by the time of its response, that a read did not show in full: the creation, or an add. */
function missedBy(
  lines: CartLines,
  products: readonly string[],
  read: Operation,
): Step | undefined {
  if (read.error !== undefined) {
    return lines.view.changes.find(({ kind, end }) => kind === 'create' && end < read.call)
  }
  const missed = products
    .map((product) => missedOnLine(lines, product, read))
    .filter((step) => step !== undefined)
  return missed.sort((a, b) => a.end - b.end)[0]
}

function missedOnLine(lines: CartLines, product: string, read: Operation): Step | undefined {
  const line = lines.lineOf(product)
  const bounds = line.boundsOf(read)
  const seen = seenIn(read, product)
  if (bounds === undefined || !bounds.growing || seen >= bounds.low) return undefined
  // Whichever adds the read shows: once their sum exceeds what it shows, it has missed one.
  let sum = 0
  return [...line.counted(read, bounds.reset)]
    .sort((a, b) => a.end - b.end)
    .find((add) => {
      sum += line.amountOf(add).low
      return sum > seen
    })
}

/** Upper ends of the intervals of the curve, milliseconds. */
const STEPS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, Infinity]

/** A summary for each mode that has reads. */
export function summariseStaleness(reads: readonly ReadAge[]): Staleness[] {
  return READ_MODES.flatMap((mode) => {
    const own = reads.filter((read) => read.mode === mode)
    return own.length === 0 ? [] : [summariseMode(mode, own)]
  })
}

function summariseMode(mode: ReadMode, reads: readonly ReadAge[]): Staleness {
  const stale = reads.filter(({ age }) => age !== null)
  const share = shareOf(stale.length, reads.length)
  return {
    read_mode: mode,
    reads: reads.length,
    stale: share,
    statement: stateOf(share),
    curve: curveOf(reads),
    age_ms: agesOf(stale),
    versions_behind: behindOf(reads),
  }
}

function curveOf(reads: readonly ReadAge[]): Staleness['curve'] {
  return STEPS_MS.flatMap((to, step) => {
    const from = step === 0 ? 0 : (STEPS_MS[step - 1] ?? 0)
    const within = reads.filter(({ since }) => since >= from * 1e6 && since < to * 1e6)
    if (within.length === 0) return []
    const fresh = within.filter(({ age }) => age === null).length
    // Infinity has no JSON.
    const end = to === Infinity ? longest(within) / 1e6 + 1 : to
    return [{ from_ms: from, to_ms: end, fresh: shareOf(fresh, within.length) }]
  })
}

// Not Math.max(...list): arguments are on the stack, and there can be a million reads.
function longest(reads: readonly ReadAge[]): number {
  return reads.reduce((most, { since }) => Math.max(most, since), 0)
}

function agesOf(stale: readonly ReadAge[]): Staleness['age_ms'] {
  const ages = stale.map(({ age }) => (age ?? 0) / 1e6).sort((a, b) => a - b)
  const at = (p: number): number => ages[Math.max(0, Math.ceil((p * ages.length) / 100) - 1)] ?? 0
  return ages.length === 0 ? null : { p50: at(50), p95: at(95), max: at(100) }
}

function behindOf(reads: readonly ReadAge[]): Staleness['versions_behind'] {
  const counts = new Map<number, number>()
  for (const { behind } of reads) {
    if (behind !== null) counts.set(behind, (counts.get(behind) ?? 0) + 1)
  }
  if (counts.size === 0) return null
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  let within = 0
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([versions, count]) => {
      within += count
      return { versions, reads: count, within: shareOf(within, total) }
    })
}

/**
 * A share with Wilson's score interval (1927) at 95 %. If `count` is 0, the upper end is 3 / total, the rule of three
 * (Hanley and Lippman-Hand, 1983).
 */
export function shareOf(count: number, total: number): Share {
  if (total === 0) return { count, total, share: null, low: null, high: null }
  const z = 1.959964
  const share = count / total
  const middle = share + z ** 2 / (2 * total)
  const half = z * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2))
  const scale = 1 + z ** 2 / total
  const ruleOfThree = Math.min(1, 3 / total)
  return {
    count,
    total,
    share,
    low: count === 0 ? 0 : count === total ? 1 - ruleOfThree : (middle - half) / scale,
    high: count === total ? 1 : count === 0 ? ruleOfThree : (middle + half) / scale,
  }
}

function stateOf({ count, total, share, low, high }: Share): string {
  const percent = (value: number | null): string =>
    `${Number(((value ?? 0) * 100).toPrecision(2))} %`
  if (count === 0) return `0 stale in ${total} reads: at most ${percent(high)} at 95 % (3/n)`
  return `${count} stale in ${total} reads: ${percent(share)}, between ${percent(low)} and ${percent(high)} at 95 %`
}
