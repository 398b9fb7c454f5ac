import { median } from '../../stats/median.ts'

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
  /** Which of the two fell behind the rate; `null` for neither. */
  readonly behind: 'both' | 'measured' | 'predicted' | null
  /** predicted / measured - 1; `null` where either is missing, and for latencies where one fell behind. */
  readonly error: RunFigures
}

/** How far the simulation is from what was measured, to be stated beside every simulated figure. */
export interface Validation {
  readonly points: readonly ValidatedPoint[]
  /** Per figure, the points that have it. */
  readonly counts: Readonly<Record<FigureName, number>>
  /** Over these: median of the sizes of the errors, and the largest; `null` without one. */
  readonly typical: RunFigures
  readonly worst: RunFigures
}

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
  const sizes = (figure: FigureName) =>
    points.flatMap(({ error }) => (error[figure] === null ? [] : [Math.abs(error[figure])]))
  const over = (summary: (sizes: readonly number[]) => number) =>
    eachFigure((figure) => (sizes(figure).length === 0 ? null : summary(sizes(figure))))
  return {
    points,
    counts: eachFigure((figure) => sizes(figure).length),
    typical: over(median),
    worst: over((all) => Math.max(...all)),
  }
}

function compare(point: MeasuredPoint, predicted: RunFigures): ValidatedPoint {
  const { record, offered, throughput, p50_ms, p99_ms } = point
  const measured = { throughput, p50_ms, p99_ms }
  const behind = whoFellBehind(offered, measured, predicted)
  const error = eachFigure((figure) => {
    const [from, to] = [measured[figure], predicted[figure]]
    // A line that grows makes latencies that tell how long a run was.
    if (figure !== 'throughput' && behind !== null) return null
    return from === null || to === null || from === 0 ? null : to / from - 1
  })
  return { record, offered, measured, predicted, behind, error }
}

function whoFellBehind(
  offered: number,
  measured: RunFigures,
  predicted: RunFigures,
): ValidatedPoint['behind'] {
  const side = (measured.throughput ?? 0) < KEPT_UP.measured * offered
  const simulation = (predicted.throughput ?? 0) < KEPT_UP.predicted * offered
  if (side && simulation) return 'both'
  return side ? 'measured' : simulation ? 'predicted' : null
}

function eachFigure<T>(value: (figure: FigureName) => T): Readonly<Record<FigureName, T>> {
  return { throughput: value('throughput'), p50_ms: value('p50_ms'), p99_ms: value('p99_ms') }
}
