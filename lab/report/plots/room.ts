/** Where a plot is shown: in a panel, half as wide as the page and as wide as a phone, or over the whole page. */
export type Room = 'panel' | 'page'

/** Width of a plot in units of its viewBox; a page shows them at about their size, a panel up to a quarter larger. */
export const WIDTH: Readonly<Record<Room, number>> = { panel: 360, page: 860 }

/** Size of the words in a plot. */
export const WORDS: Readonly<Record<Room, number>> = { panel: 11, page: 13 }

/** `1.2 M`, `30,000`: a count as a tick has room for. */
export function countText(value: number): string {
  const short = Number(value.toPrecision(2))
  return short >= 1e6 ? `${short / 1e6} M` : short.toLocaleString('en-US')
}
