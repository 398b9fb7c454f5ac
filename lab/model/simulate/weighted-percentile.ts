/** A time that represents `weight` operations. */
export interface WeightedTime {
  readonly ms: number
  readonly weight: number
}

/** Milliseconds; percentiles by nearest rank as in `stats/percentile.ts`. */
export interface LatencyFigures {
  readonly p50: number
  readonly p99: number
}

/** @returns `null` where the weights sum to 0 */
export function latencyFigures(times: readonly WeightedTime[]): LatencyFigures | null {
  const sorted = times.filter(({ weight }) => weight > 0).sort((a, b) => a.ms - b.ms)
  let total = 0
  // Cumulative weights.
  const passed = sorted.map(({ weight }) => {
    total += weight
    return total
  })
  if (total === 0) return null
  const at = (p: number) => {
    const reached = (p / 100) * total * (1 - 1e-12)
    return sorted[passed.findIndex((weight) => weight >= reached)]?.ms ?? 0
  }
  return { p50: at(50), p99: at(99) }
}
