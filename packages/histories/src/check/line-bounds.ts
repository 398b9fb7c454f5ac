import type { Operation } from '../history/operation.ts'
import type { CartView, Step } from './cart-view.ts'
import { countBelow, countUpTo } from './count-sorted.ts'

/** How many units of a product a change adds, at least and at most. */
export interface Amount {
  readonly low: number
  readonly high: number
}

/** What a read of one line can have shown, whatever the order of overlapping operations. */
export interface Bounds extends Amount {
  /** The change that gave the line a definite quantity, before the adds that count: the creation, a set, remove or empty. */
  readonly reset: Step
  /** Whether only adds touched the line before the read ended. Then older states contain fewer units. */
  readonly growing: boolean
}

/** One line of one cart. */
export interface LineBounds {
  /**
   * The bounds for a current read: acknowledged adds <= units <= acknowledged and possible adds. `undefined` if resets
   * overlap with each other or with the read.
   */
  boundsOf(read: Pick<Operation, 'call' | 'return'>): Bounds | undefined
  /** The adds of the lower bound. */
  counted(read: Pick<Operation, 'call'>, reset: Step): readonly Step[]
  /** Every add of the line, including possible ones, that the read can have shown. */
  possible(read: Pick<Operation, 'return'>, reset: Step): readonly Step[]
  /** What a change adds to this line. */
  amountOf(step: Step): Amount
}

/** @param amountOf what an add or a merge_in adds to this line; `undefined` for all other changes */
export function createLineBounds(
  view: CartView,
  product: string,
  amountOf: (step: Step) => Amount | undefined,
): LineBounds {
  const resets = view.changes.filter((step) => resetValue(step, product) !== undefined)
  const adds = view.changes.filter((step) => amountOf(step) !== undefined)
  const resetCalls = resets.map(({ call }) => call)
  const latestEnds = runningMax(resets.map(({ end }) => end))
  const sums = new Map<Step, Sums>()
  const amount = (step: Step): Amount => amountOf(step) ?? NOTHING

  function sumsOf(reset: Step): Sums {
    const known = sums.get(reset)
    if (known !== undefined) return known
    const made = createSums(adds, reset, amount)
    sums.set(reset, made)
    return made
  }

  return {
    amountOf: amount,
    counted: ({ call }, reset) => adds.filter((add) => add.call > reset.end && add.end < call),
    possible: (read, reset) =>
      adds.filter((add) => add.end >= reset.call && add.call <= read.return),
    boundsOf(read) {
      const at = countUpTo(resetCalls, read.return) - 1
      const reset = resets[at]
      if (reset === undefined || reset.end >= read.call) return undefined
      if (at > 0 && (latestEnds[at - 1] ?? Infinity) >= reset.call) return undefined
      const value = resetValue(reset, product) ?? 0
      const { low, high } = sumsOf(reset)
      return {
        low: value + low(read.call),
        high: value + high(read.return),
        reset,
        growing: at === 0 && reset.kind === 'create',
      }
    },
  }
}

const NOTHING: Amount = { low: 0, high: 0 }

/** The units of the line after the change; `undefined` if they depend on the units before it. */
function resetValue({ kind, change }: Step, product: string): number | undefined {
  if (kind === 'create' || kind === 'empty' || kind === 'delete') return 0
  if (change?.kind === 'remove') return change.product === product ? 0 : undefined
  if (change?.kind === 'set') return change.lines.find(([set]) => set === product)?.[1]
  return undefined
}

interface Sums {
  /** The sum of the adds that certainly came after the reset and ended before `call`. */
  low(call: number): number
  /** The sum of the adds that can have come after the reset and were called by `end`. */
  high(end: number): number
}

function createSums(adds: readonly Step[], reset: Step, amount: (step: Step) => Amount): Sums {
  const certain = adds
    .filter(({ call, end }) => call > reset.end && end !== Infinity)
    .sort((a, b) => a.end - b.end)
  const possible = adds.filter(({ end }) => end >= reset.call)
  const lows = runningSum(certain.map((add) => amount(add).low))
  const highs = runningSum(possible.map((add) => amount(add).high))
  const ends = certain.map(({ end }) => end)
  const calls = possible.map(({ call }) => call)
  return {
    low: (call) => lows[countBelow(ends, call)] ?? 0,
    high: (end) => highs[countUpTo(calls, end)] ?? 0,
  }
}

/** `sums[n]` is the sum of the first n values. */
function runningSum(values: readonly number[]): number[] {
  const sums = [0]
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value)
  return sums
}

function runningMax(values: readonly number[]): number[] {
  let largest = Number.NEGATIVE_INFINITY
  return values.map((value) => {
    largest = Math.max(largest, value)
    return largest
  })
}
