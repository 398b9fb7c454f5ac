/** How many of `sorted` are below `limit`. */
export function countBelow(sorted: ArrayLike<number>, limit: number): number {
  return countFirst(sorted.length, (at) => (sorted[at] ?? 0) < limit)
}

/** How many of `sorted` are at most `limit`. */
export function countUpTo(sorted: ArrayLike<number>, limit: number): number {
  return countFirst(sorted.length, (at) => (sorted[at] ?? 0) <= limit)
}

/** How many of a row are such as `isFirst` says, where all of them come first. */
function countFirst(length: number, isFirst: (at: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isFirst(middle)) low = middle + 1
    else high = middle
  }
  return low
}
