import type { StoreName } from '../terms/stores.ts'

/** Where one cost curve crosses the other, with rising load. */
export interface Crossing {
  /** The load at which it happens, within a millionth. */
  readonly at: number
  /** The cheaper store just below, and just above. */
  readonly below: StoreName
  readonly above: StoreName
  /** Costs just above; `null` for a store that cannot serve this load at any price. */
  readonly costs: Readonly<Record<StoreName, number | null>>
  /** `smooth`: both cost the same there. `step`: one cost jumps over the other. `end`: a store reaches its limit. */
  readonly kind: 'smooth' | 'step' | 'end'
}

/** Cost at a load; `null` where the store cannot serve it. */
export type Curve = (load: number) => number | null

type Curves = Readonly<Record<StoreName, Curve>>

const INTERVALS = 400
/** 2^-40 of an interval is below the precision of a double on the logarithmic scale. */
const HALVINGS = 40
/** Costs within this share count as equal. */
const TOLERANCE = 1e-4

/**
 * All crossings between two loads. The range is divided into 400 equal steps of the logarithm; where the cheaper
 * store differs between both ends of a step, bisection finds the place. Bisection needs no continuity: it also finds
 * jumps (one more task, the next instance). Two crossings within one step (a factor of 1.03 over five decades) are missed.
 *
 * @param low above 0
 * @returns ascending; empty where one store is always cheaper or no cost is known
 */
export function crossings(curves: Curves, low: number, high: number): Crossing[] {
  const step = Math.log(high / low) / INTERVALS
  const found: Crossing[] = []
  let below = cheaperAt(curves, low)
  for (let interval = 0; interval < INTERVALS; interval++) {
    const from = low * Math.exp(step * interval)
    const to = low * Math.exp(step * (interval + 1))
    const above = cheaperAt(curves, to)
    if (below !== null && above !== null && below !== above)
      found.push(bisect(curves, { below, above }, from, to))
    below = above
  }
  return found
}

/** `null` where neither store serves the load. PostgreSQL where both cost the same. */
function cheaperAt(curves: Curves, load: number): StoreName | null {
  const { postgres, dynamodb } = costsAt(curves, load)
  if (postgres === null && dynamodb === null) return null
  return (dynamodb ?? Infinity) < (postgres ?? Infinity) ? 'dynamodb' : 'postgres'
}

function costsAt({ postgres, dynamodb }: Curves, load: number): Crossing['costs'] {
  return { postgres: postgres(load), dynamodb: dynamodb(load) }
}

function bisect(
  curves: Curves,
  cheaper: Pick<Crossing, 'below' | 'above'>,
  from: number,
  to: number,
): Crossing {
  let [low, high] = [from, to]
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = Math.sqrt(low * high)
    if (cheaperAt(curves, middle) === cheaper.below) low = middle
    else high = middle
  }
  const costs = costsAt(curves, high)
  return { at: high, ...cheaper, costs, kind: kindOf(costs) }
}

function kindOf({ postgres, dynamodb }: Crossing['costs']): Crossing['kind'] {
  if (postgres === null || dynamodb === null) return 'end'
  const same = Math.abs(postgres - dynamodb) <= TOLERANCE * Math.max(postgres, dynamodb)
  return same ? 'smooth' : 'step'
}
