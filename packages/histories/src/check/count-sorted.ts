/** How many numbers of a sorted list are below `limit`. */
export function countBelow(sorted: ArrayLike<number>, limit: number): number {
  return countFirst(sorted.length, (at) => (sorted[at] ?? 0) < limit)
}

/** How many numbers of a sorted list are at most `limit`. */
export function countUpTo(sorted: ArrayLike<number>, limit: number): number {
  return countFirst(sorted.length, (at) => (sorted[at] ?? 0) <= limit)
}

/** Binary search: how many items satisfy `isFirst`, if all of them come before the others. */
function countFirst(length: number, isFirst: (at: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isFirst(middle)) low = middle + 1
    else high = middle
  }
  return low
}
