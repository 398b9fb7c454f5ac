/** Where one cost curve crosses the other, going up in load. */
export interface Crossing {
  /** The load at which it happens, within a millionth. */
  readonly at: number
  /** Which is cheaper just below, and just above. */
  readonly below: 'a' | 'b'
  readonly above: 'a' | 'b'
  /** The costs just above. `null` for a side that has ended. */
  readonly a: number | null
  readonly b: number | null
  /** `smooth`: both cost the same there. `step`: a cost jumps over the other. `end`: a side cannot bear more at any price. */
  readonly kind: 'smooth' | 'step' | 'end'
}

/** A cost at a load; `null` where there is none. */
export type Curve = (load: number) => number | null

const INTERVALS = 400
/** 2^-40 of an interval: more than a double of the log scale tells apart. */
const HALVINGS = 40
const SAME = 1e-4

/**
 * All crossings between two loads: the range is looked at in 400 equal steps of the logarithm, and where the cheaper
 * side differs at both ends of a step, bisection finds the place. Bisection needs no continuity: at a jump (one more
 * task, the next instance) it ends at the jump. Two crossings within one step (a factor of 1.03 for four decades) can go unseen.
 *
 * @param low above 0
 * @returns ascending; empty where one side is always cheaper, or nothing is known
 */
export function crossings(a: Curve, b: Curve, low: number, high: number): Crossing[] {
  const cheaper = (load: number) => cheaperOf(a(load), b(load))
  const step = Math.log(high / low) / INTERVALS
  const found: Crossing[] = []
  let below = cheaper(low)
  for (let interval = 0; interval < INTERVALS; interval++) {
    const from = low * Math.exp(step * interval)
    const to = low * Math.exp(step * (interval + 1))
    const above = cheaper(to)
    if (below !== null && above !== null && below !== above)
      found.push(bisect({ a, b, below, above }, from, to))
    below = above
  }
  return found
}

/** `null` where both have ended. A tie goes to a, at both ends of a step alike. */
function cheaperOf(a: number | null, b: number | null): 'a' | 'b' | null {
  if (a === null && b === null) return null
  return (b ?? Infinity) < (a ?? Infinity) ? 'b' : 'a'
}

function bisect(
  { a, b, below, above }: { a: Curve; b: Curve; below: 'a' | 'b'; above: 'a' | 'b' },
  from: number,
  to: number,
): Crossing {
  let [low, high] = [from, to]
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = Math.sqrt(low * high)
    if (cheaperOf(a(middle), b(middle)) === below) low = middle
    else high = middle
  }
  const costs = { a: a(high), b: b(high) }
  return { at: high, below, above, ...costs, kind: kindOf(costs) }
}

function kindOf({ a, b }: { readonly a: number | null; readonly b: number | null }) {
  if (a === null || b === null) return 'end'
  return Math.abs(a - b) <= SAME * Math.max(a, b) ? 'smooth' : 'step'
}
