import type { ReportSide, Section } from '../model.ts'
import { type Moment, timelinePlot } from '../plots/timeline-plot.ts'
import type { LoadFindings } from './findings.ts'

/** What a second of a run is drawn by. */
type Statistic = 'p50' | 'p99' | 'max'

const TITLES: Readonly<Record<Statistic, string>> = {
  p50: 'Median of each second',
  p99: 'P99 of each second',
  max: 'Slowest of each second',
}

/** The response times second by second, through all blocks. */
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
  // A second has a P99 from 100 requests on: where most have none, the slowest tells of the tail.
  const most = moments('p50').length / 2
  const tail = moments('p99').length > most ? 'p99' : 'max'
  return {
    id: 'timeline',
    title: 'Over time',
    contents: [
      {
        kind: 'prose',
        prose: [
          'A dot for every measured second, from the first block to the last; warm-ups are left out. A level that climbs is drift; dots far above the others are stalls, and which side they are on shows whose.',
        ],
      },
      {
        kind: 'plots',
        legend: true,
        plots: (['p50', tail] as const).map((statistic) => ({
          title: TITLES[statistic],
          draw: () => timelinePlot(statistic, TITLES[statistic], moments(statistic), sides),
        })),
      },
    ],
  }
}
