import { median } from '../../stats/median.ts'

/** Figures of a run, measured or predicted; `null` where unknown. */
export interface RunFigures {
  /** Successful operations per second. */
  readonly throughput: number | null
  readonly p50_ms: number | null
  readonly p99_ms: number | null
}

export interface MeasuredPoint extends RunFigures {
  /** Pointer to the run in the result file. */
  readonly record: string
  /** Offered operations per second. */
  readonly offered: number
}

type FigureName = keyof RunFigures

export interface ValidatedPoint {
  readonly record: string
  readonly offered: number
  readonly measured: RunFigures
  readonly predicted: RunFigures
  /** Which of them fell behind the offered rate; `null` for neither. */
  readonly behind: 'both' | 'measured' | 'predicted' | null
  /** predicted / measured - 1; `null` where either is missing, and for latencies of a run that fell behind. */
  readonly error: RunFigures
}

/** The error of the simulation against measured runs; to be stated beside every simulated figure. */
export interface Validation {
  readonly points: readonly ValidatedPoint[]
  /** Number of points with an error, per figure. */
  readonly counts: Readonly<Record<FigureName, number>>
  /** Median and maximum of the absolute errors; `null` without points. */
  readonly typical: RunFigures
  readonly worst: RunFigures
  /** What a prediction has to be multiplied by to contain every measured run; `null` with fewer than three runs. */
  readonly range: Readonly<Record<FigureName, ErrorRange | null>>
}

/** Factors on a prediction: `low` is at most 1, `high` at least 1. */
export interface ErrorRange {
  readonly low: number
  readonly high: number
}

/** Shares of the offered rate. Random arrivals in a short run can be some percent below it, which a simulation never is. */
const KEPT_UP = { measured: 0.9, predicted: 0.995 }

/** The error over points whose predictions do not rest on them. */
export function validation(points: readonly ValidatedPoint[]): Validation {
  const sizes = (figure: FigureName) =>
    points.flatMap(({ error }) => (error[figure] === null ? [] : [Math.abs(error[figure])]))
  const over = (summary: (sizes: readonly number[]) => number) =>
    eachFigure((figure) => (sizes(figure).length === 0 ? null : summary(sizes(figure))))
  return {
    points,
    counts: eachFigure((figure) => sizes(figure).length),
    typical: over(median),
    worst: over((all) => Math.max(...all)),
    range: eachFigure((figure) => rangeOf(points, figure)),
  }
}

/** Fewer runs show no range. */
const FEWEST_RUNS = 3

/** The factors between which measured / predicted was, with 1 among them; `null` with too few runs. */
function rangeOf(points: readonly ValidatedPoint[], figure: FigureName): ErrorRange | null {
  const ratios = points.flatMap(({ error }) =>
    error[figure] === null ? [] : [1 / (1 + error[figure])],
  )
  return ratios.length < FEWEST_RUNS
    ? null
    : { low: Math.min(1, ...ratios), high: Math.max(1, ...ratios) }
}

/** Compares a prediction with a measured run. Agreement with a run that is an input of the simulation proves nothing. */
export function validatePoint(point: MeasuredPoint, predicted: RunFigures): ValidatedPoint {
  const { record, offered, throughput, p50_ms, p99_ms } = point
  const measured = { throughput, p50_ms, p99_ms }
  const behind = whichFellBehind(offered, measured, predicted)
  const error = eachFigure((figure) => {
    const [from, to] = [measured[figure], predicted[figure]]
    // With a growing queue, latencies depend on the length of the run.
    if (figure !== 'throughput' && behind !== null) return null
    return from === null || to === null || from === 0 ? null : to / from - 1
  })
  return { record, offered, measured, predicted, behind, error }
}

function whichFellBehind(
  offered: number,
  measured: RunFigures,
  predicted: RunFigures,
): ValidatedPoint['behind'] {
  const run = (measured.throughput ?? 0) < KEPT_UP.measured * offered
  const simulation = (predicted.throughput ?? 0) < KEPT_UP.predicted * offered
  if (run && simulation) return 'both'
  return run ? 'measured' : simulation ? 'predicted' : null
}

function eachFigure<T>(value: (figure: FigureName) => T): Readonly<Record<FigureName, T>> {
  return { throughput: value('throughput'), p50_ms: value('p50_ms'), p99_ms: value('p99_ms') }
}
