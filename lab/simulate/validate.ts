import { median } from '../stats/median.ts'

/** Figures of a run, measured or predicted; `null` where there is none. */
export interface RunFigures {
  /** Successful operations per second. */
  readonly throughput: number | null
  readonly p50_ms: number | null
  readonly p99_ms: number | null
}

export interface MeasuredPoint extends RunFigures {
  /** Where the run is recorded. */
  readonly record: string
  /** Operations per second that were offered. */
  readonly offered: number
}

type FigureName = keyof RunFigures

export interface ValidatedPoint {
  readonly record: string
  readonly offered: number
  readonly measured: RunFigures
  readonly predicted: RunFigures
  /** predicted / measured - 1; `null` where either is missing, and for latencies where either did not keep up with the rate. */
  readonly error: RunFigures
}

/** How far the simulation is from what was measured, to be stated beside every simulated figure. */
export interface Validation {
  readonly points: readonly ValidatedPoint[]
  /** Points at rates that were kept up with, by the side and in the simulation. */
  readonly kept_up: number
  /** Per figure over the points that have it: median of the sizes of the errors, and the largest; `null` without one. */
  readonly typical: RunFigures
  readonly worst: RunFigures
}

const FIGURES: readonly FigureName[] = ['throughput', 'p50_ms', 'p99_ms']

/** Of the rate. Short runs with random arrivals are offered some percent less than it, the simulation never is. */
const KEPT_UP = { measured: 0.9, predicted: 0.995 }

/**
 * Compares predictions with measured runs. The points should be other runs than those whose figures the simulation
 * was given: agreement with its own input shows nothing.
 *
 * @param predict what the simulation says of an offered rate
 */
export function validate(
  measured: readonly MeasuredPoint[],
  predict: (offered: number) => RunFigures,
): Validation {
  const points = measured.map((point) => compare(point, predict(point.offered)))
  const over = (figure: FigureName, summary: (sizes: readonly number[]) => number) => {
    const sizes = points.flatMap(({ error }) =>
      error[figure] === null ? [] : [Math.abs(error[figure])],
    )
    return sizes.length === 0 ? null : summary(sizes)
  }
  return {
    points,
    kept_up: points.filter(keptUp).length,
    typical: eachFigure((figure) => over(figure, median)),
    worst: eachFigure((figure) => over(figure, (sizes) => Math.max(...sizes))),
  }
}

function compare(point: MeasuredPoint, predicted: RunFigures): ValidatedPoint {
  const { record, offered, throughput, p50_ms, p99_ms } = point
  const measured = { throughput, p50_ms, p99_ms }
  const steady = keptUp({ offered, measured, predicted })
  const error = eachFigure((figure) => {
    const [from, to] = [measured[figure], predicted[figure]]
    // A line that grows makes latencies that tell how long a run was.
    if (figure !== 'throughput' && !steady) return null
    return from === null || to === null || from === 0 ? null : to / from - 1
  })
  return { record, offered, measured, predicted, error }
}

function keptUp({
  offered,
  measured,
  predicted,
}: Pick<ValidatedPoint, 'offered' | 'measured' | 'predicted'>): boolean {
  return (
    (measured.throughput ?? 0) >= KEPT_UP.measured * offered &&
    (predicted.throughput ?? 0) >= KEPT_UP.predicted * offered
  )
}

function eachFigure(value: (figure: FigureName) => number | null): RunFigures {
  const [throughput = null, p50_ms = null, p99_ms = null] = FIGURES.map(value)
  return { throughput, p50_ms, p99_ms }
}
