import type { Draw } from './draw.ts'
import type { Skew } from './skew.ts'

/** Units per second and size of one partition (Amazon DynamoDB Developer Guide, burst and adaptive capacity). */
export const PARTITION = { write: 1000, read: 3000, gigabytes: 10 } as const

/** A range of key hashes, 0 to 1, and its share of the load. */
export interface Partition {
  readonly from: number
  readonly to: number
  /** Share of all operations. */
  readonly share: number
  /** The largest share of a single cart. */
  readonly largest: number
  /** Seconds for which the load has exceeded its throughput. */
  hot_s: number
}

interface HotCart {
  /** Hash of the cart's key, 0 to 1. */
  readonly hash: number
  readonly share: number
}

/** Splitting a range does not help where one cart has at least this share of the load. */
const INDIVISIBLE = 0.95

/** The partitions of a table. A cart's key hashes to one place, so a cart is always on one partition. */
export function createPartitions(count: number, skew: Skew, draw: Draw) {
  const carts: readonly HotCart[] = skew.hottest
    .map((share) => ({ share, hash: draw.uniform() }))
    .sort((a, b) => a.hash - b.hash)

  const partition = (from: number, to: number): Partition => {
    const inside = cartsWithin(from, to)
    return {
      from,
      to,
      share: skew.tail * (to - from) + inside.reduce((sum, { share }) => sum + share, 0),
      largest: inside.reduce((largest, { share }) => Math.max(largest, share), 0),
      hot_s: 0,
    }
  }
  const cartsWithin = (from: number, to: number) =>
    carts.filter(({ hash }) => hash >= from && hash < to)

  let partitions = Array.from({ length: count }, (_, place) =>
    partition(place / count, (place + 1) / count),
  )

  /** The hash that halves the load (splits follow the keys requested: Elhemali et al., Amazon DynamoDB, USENIX ATC 2022). */
  const middleOf = ({ from, to, share }: Partition): number => {
    const inside = cartsWithin(from, to)
    const below = (place: number) =>
      skew.tail * (place - from) +
      inside.reduce((sum, cart) => sum + (cart.hash < place ? cart.share : 0), 0)
    let [low, high] = [from, to]
    for (let halving = 0; halving < 40; halving++) {
      const middle = (low + high) / 2
      if (below(middle) < share / 2) low = middle
      else high = middle
    }
    // A cart at the middle goes to the left half, or to the right half if nothing is right of it.
    return high < to ? high : low
  }

  const split = (place: number): boolean => {
    const whole = partitions[place]
    if (whole === undefined || whole.largest >= INDIVISIBLE * whole.share) return false
    const middle = middleOf(whole)
    if (!(middle > whole.from && middle < whole.to)) return false
    const halves = [partition(whole.from, middle), partition(middle, whole.to)]
    partitions = partitions.toSpliced(place, 1, ...halves)
    return true
  }

  return {
    get all(): readonly Partition[] {
      return partitions
    },
    /** Splits the busiest partition until there are `count`, or none can be split. */
    growTo(count: number): void {
      const full = new Set<Partition>()
      while (partitions.length < count) {
        const busiest = partitions
          .filter((other) => !full.has(other))
          .reduce<Partition | null>(
            (most, other) => (most && most.share >= other.share ? most : other),
            null,
          )
        if (busiest === null) return
        if (!split(partitions.indexOf(busiest))) full.add(busiest)
      }
    },
    /** Splits overloaded partitions repeatedly: the state that a constant load leads to. */
    settle(heat: number): void {
      for (let place = 0; place < partitions.length; place++)
        while ((partitions[place]?.share ?? 0) * heat > 1 && split(place));
    },
    /** Advances by one slot. `heat` is the load of the whole table, in shares of the throughput of one partition. */
    step(heat: number, split_s: number, seconds: number): void {
      for (const one of partitions) one.hot_s = one.share * heat > 1 ? one.hot_s + seconds : 0
      for (const one of partitions.filter(({ hot_s }) => hot_s >= split_s)) {
        one.hot_s = 0
        split(partitions.indexOf(one))
      }
    },
  }
}
