import type { Section } from '../../page/document.ts'
import type { ReportSide } from '../model.ts'
import { type Moment, timelinePlot } from '../plots/timeline-plot.ts'
import type { LoadFindings } from './findings.ts'

/** Statistic of the requests of one second. */
type Statistic = 'p50' | 'p99' | 'max'

export const SECOND_TITLES: Readonly<Record<Statistic, string>> = {
  p50: 'Median per second',
  p99: 'P99 per second',
  max: 'Maximum per second',
}

/** Response times by second over all blocks. */
export function timelineSection({ load }: LoadFindings, sides: readonly ReportSide[]): Section {
  const begun = load.slots.map(({ result }) => Date.parse(result.started_at))
  const start = Math.min(...begun)
  const placeOf = new Map(sides.map(({ key }, place) => [key, place]))
  const moments = (statistic: Statistic): Moment[] =>
    load.slots.flatMap(({ side, result }, index) =>
      result.series
        .filter(({ second }) => second >= result.warm_up.seconds)
        .flatMap((second): Moment[] => {
          const ms = second[statistic]
          const s = ((begun[index] ?? start) - start) / 1000 + second.second
          return ms === null ? [] : [{ s, ms, side: placeOf.get(side) ?? 0 }]
        }),
    )
  return {
    id: 'timeline',
    title: 'Latency over time',
    chapter: 'Speed',
    contents: [
      {
        kind: 'plots',
        about:
          'Each dot is one measured second, without warm-ups. A rising level is drift; isolated high dots are stalls.',
        legend: true,
        plots: medianAndTail(moments).map((statistic) => ({
          title: SECOND_TITLES[statistic],
          draw: () =>
            timelinePlot(
              {
                id: statistic,
                title: SECOND_TITLES[statistic],
                whole: 'the whole comparison',
                start: 'the start of the first block',
                moments: moments(statistic),
              },
              sides,
            ),
        })),
      },
    ],
  }
}

/** The statistics to show. A second has a P99 from 100 requests up; if most have none, the maximum stands for the tail. */
export function medianAndTail(
  moments: (statistic: Statistic) => readonly Moment[],
): readonly Statistic[] {
  return ['p50', moments('p99').length > moments('p50').length / 2 ? 'p99' : 'max']
}
