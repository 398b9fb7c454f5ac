/** Where the axes of a plot lie, in units of its viewBox: the size of the whole, and what is left free at each edge. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** The ends of an axis. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** What echarts calls the grid. */
export function gridOf({ left, right, top, bottom }: Frame): object {
  return { left, right, top, bottom, containLabel: false }
}

/** Where a value of the horizontal axis lies. */
export function acrossAt(frame: Frame, { min, max }: Range, value: number): number {
  return frame.left + ((value - min) / (max - min)) * (frame.width - frame.left - frame.right)
}

/** Where a value of the vertical axis lies. */
export function upAt(frame: Frame, { min, max }: Range, value: number): number {
  const low = frame.height - frame.bottom
  return low - ((value - min) / (max - min)) * (low - frame.top)
}

/** Words of at most so many characters. */
export function shortened(words: string, most: number): string {
  return words.length > most ? `${words.slice(0, most - 1)}…` : words
}

/** Heights at which lines of text do not cover each other: each at its own, or lower by as little as it takes. */
export function apart(heights: readonly number[], line: number): number[] {
  const order = heights.map((_, place) => place).sort((a, b) => at(heights, a) - at(heights, b))
  const placed = [...heights]
  for (const [rank, place] of order.entries()) {
    const above = order[rank - 1]
    if (above !== undefined) placed[place] = Math.max(at(heights, place), at(placed, above) + line)
  }
  return placed
}

function at(heights: readonly number[], place: number): number {
  return heights[place] ?? 0
}
