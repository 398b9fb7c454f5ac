import { createHistogram, type Histogram } from './histogram.ts'

/** What the values of a histogram of the library are read with; its public types leave it out. */
interface Iterated {
  readonly recordedValuesIterator: {
    reset(of: unknown): void
    hasNext(): boolean
    next(): { readonly valueIteratedTo: number; readonly countAddedInThisIterationStep: number }
  }
}

const HIGHEST_US = 3_600_000_000

/** Counts the values of a histogram of another unit as microseconds, clamped to the range of `createHistogram`. */
export function inMicroseconds(histogram: Histogram, perMicrosecond: number): Histogram {
  const scaled = createHistogram()
  const { recordedValuesIterator: values } = histogram as unknown as Iterated
  values.reset(histogram)
  while (values.hasNext()) {
    const { valueIteratedTo, countAddedInThisIterationStep } = values.next()
    addTimes(scaled, valueIteratedTo / perMicrosecond, countAddedInThisIterationStep)
  }
  return scaled
}

/** Counts a time several times, microseconds. */
export function addTimes(histogram: Histogram, us: number, count: number): void {
  histogram.recordValueWithCount(Math.min(HIGHEST_US, Math.max(0, Math.round(us))), count)
}
