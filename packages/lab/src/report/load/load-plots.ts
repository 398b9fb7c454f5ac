import type { Picture, Section, Series } from '../../page/document.ts'
import { logAxis } from '../../page/plot/axes.ts'
import type { LoadResult, LoadSecond } from '../../results/load-result.ts'
import { decodeHistogram } from '../../stats/histogram.ts'
import { medianAndTail, SECOND_TITLES } from '../performance/timeline-section.ts'
import { operationWords } from '../performance/words.ts'
import { curvePlot, tailCurve } from '../plots/curve-plot.ts'
import { type Moment, timelinePlot } from '../plots/timeline-plot.ts'

const RESPONSE: Series = { label: 'From the intended send time', warning: null }
const SERVICE: Series = { label: 'From the actual send', warning: null }

/** The series of the plots of a run. In a closed loop both times are the same. */
export function seriesOf({ spec }: LoadResult): readonly Series[] {
  return spec.loop === 'closed' ? [SERVICE] : [RESPONSE, SERVICE]
}

/** The distribution of the times of every operation; `null` where no curve has a point. */
export function curvesSection(result: LoadResult): Section | null {
  const series = seriesOf(result)
  const groups = [...result.operations, { operation: 'overall', ...result.overall }].map(
    ({ operation, histograms }) => ({
      operation,
      curves: (['response_time', 'service_time'] as const)
        .slice(-series.length)
        .map((time) => tailCurve(decodeHistogram(histograms[time]))),
    }),
  )
  const drawn = groups.filter(({ curves }) => curves.some(({ length }) => length > 0))
  if (drawn.length === 0) return null
  const axis = logAxis(drawn.flatMap(({ curves }) => curves.flat().map(({ ms }) => ms)))
  return {
    id: 'curves',
    title: 'Latency by percentile',
    contents: [
      {
        kind: 'plots',
        about:
          'At 99 on the horizontal axis, read the time within which 99 % of the requests completed. A curve ends where fewer than ten requests are slower.',
        legend: true,
        plots: drawn.map(({ operation, curves }) => {
          const { title } = operationWords(operation)
          return { title, draw: () => curvePlot(operation, title, curves, series, axis) }
        }),
      },
    ],
  }
}

type Statistic = keyof typeof TITLES

const TITLES = { ...SECOND_TITLES, lag_max: 'Maximum lag per second' }

/** Response times by the second; `null` without any. */
export function timelineSection(result: LoadResult): Section | null {
  if (momentsOf(result, 'p50').length === 0) return null
  const [first = RESPONSE] = seriesOf(result)
  return {
    id: 'timeline',
    title: 'Latency over time',
    contents: [
      {
        kind: 'plots',
        about:
          'Each dot is one measured second, without the warm-up. A rising level is drift; isolated high dots are stalls.',
        legend: false,
        plots: medianAndTail((name) => momentsOf(result, name)).map((name) =>
          pictureOf(result, name, first),
        ),
      },
    ],
  }
}

/** The lag of the generators, the slowest of each second; nothing without a measured second. */
export function lagPictures(result: LoadResult): readonly Picture[] {
  if (momentsOf(result, 'lag_max').length === 0) return []
  return [pictureOf(result, 'lag_max', { label: 'The slowest generator', warning: null })]
}

function pictureOf(result: LoadResult, name: Statistic, series: Series): Picture {
  const timeline = {
    id: name,
    title: TITLES[name],
    whole: 'the measured time',
    start: 'the start of the run',
    moments: momentsOf(result, name),
  }
  return { title: TITLES[name], draw: () => timelinePlot(timeline, [series]) }
}

/** The measured seconds; the last one is left out if the measured time ended in it. */
function momentsOf({ series, warm_up, measured_s }: LoadResult, name: Statistic): Moment[] {
  const end = warm_up.seconds + measured_s
  const measured = ({ second }: LoadSecond) => second >= warm_up.seconds && second < end
  return series.filter(measured).flatMap((second): Moment[] => {
    const ms = second[name]
    return ms === null ? [] : [{ s: second.second, ms, side: 0 }]
  })
}
