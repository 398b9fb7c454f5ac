import { median } from './median.ts'

/** Median absolute deviation of a normal distribution, in standard deviations. */
const MAD_OF_NORMAL = 0.6745
/** Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993. */
const FAR = 3.5

/** Indexes of the values with a modified z-score above 3.5; none where more than half of the values are equal. */
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
