/** A straight line. */
export interface FittedLine {
  readonly slope: number
  readonly intercept: number
}

/** The least-squares line (Gauss, 1809); `null` with fewer than two different x. */
export function lineThrough(
  points: readonly { readonly x: number; readonly y: number }[],
): FittedLine | null {
  const mean = (of: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [middleX, middleY] = [mean(({ x }) => x), mean(({ y }) => y)]
  const spread = points.reduce((sum, { x }) => sum + (x - middleX) ** 2, 0)
  if (!(spread > 0)) return null
  const shared = points.reduce((sum, { x, y }) => sum + (x - middleX) * (y - middleY), 0)
  const slope = shared / spread
  return { slope, intercept: middleY - slope * middleX }
}
