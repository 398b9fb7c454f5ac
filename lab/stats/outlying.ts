import { median } from './median.ts'

/** The median absolute deviation of normal values is this share of their standard deviation. */
const MAD_OF_NORMAL = 0.6745
/** Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993. */
const FAR = 3.5

/** Places of the values whose modified z-score is above 3.5; none where more than half are alike. */
export function outlying(values: readonly number[]): number[] {
  if (values.length === 0) return []
  const middle = median(values)
  const deviations = values.map((value) => Math.abs(value - middle))
  const spread = median(deviations)
  if (spread === 0) return []
  return deviations.flatMap((deviation, place) =>
    (MAD_OF_NORMAL * deviation) / spread > FAR ? [place] : [],
  )
}
