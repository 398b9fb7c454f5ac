/** Size of a plot and the margins around its axes, in units of its viewBox. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Where a plot is shown: in a panel (half the page, or a phone) or across the page. */
export type Room = 'panel' | 'page'

/** Width of a plot in units of its viewBox. A page shows them about 1:1, a panel up to a quarter larger. */
export const WIDTH: Readonly<Record<Room, number>> = { panel: 360, page: 860 }

/** The frame of a plot that is only shown in a panel, with room for the usual axes. */
export function panel(height: number, margins: Partial<Omit<Frame, 'width' | 'height'>>): Frame {
  return { width: WIDTH.panel, height, left: 46, right: 14, top: 12, bottom: 58, ...margins }
}

/** Font size in a plot. */
export const WORDS: Readonly<Record<Room, number>> = { panel: 11, page: 13 }

/** Ends of an axis. */
interface Range {
  readonly min: number
  readonly max: number
}

/** Horizontal position of a value. */
export function acrossAt(frame: Frame, { min, max }: Range, value: number): number {
  return frame.left + ((value - min) / (max - min)) * (frame.width - frame.left - frame.right)
}

/** Vertical position of a value. */
export function upAt(frame: Frame, { min, max }: Range, value: number): number {
  const low = frame.height - frame.bottom
  return low - ((value - min) / (max - min)) * (low - frame.top)
}

/** Text cut to a number of characters. */
export function shortened(words: string, most: number): string {
  return words.length > most ? `${words.slice(0, most - 1)}…` : words
}

/** Vertical positions of lines of text, moved down as little as needed so that none overlap. */
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
