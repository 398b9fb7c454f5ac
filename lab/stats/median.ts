/**
 * The middle value, or the mean of the two middle values.
 *
 * @throws RangeError without values
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[sorted.length >> 1]
  const lower = sorted[(sorted.length - 1) >> 1]
  if (upper === undefined || lower === undefined)
    throw new RangeError('there is no median of no values')
  return lower === upper ? upper : (lower + upper) / 2
}
