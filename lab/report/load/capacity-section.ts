import type { CapacityPart, CapacityPoint } from '../../results/schemas.ts'
import { milliseconds, percentage, quantity } from '../format.ts'
import {
  type Content,
  type Prose,
  type ReportSide,
  type Row,
  type Section,
  text,
} from '../model.ts'
import { capacityPlots } from '../plots/capacity-plot.ts'
import { from, recordCell, sourceOf } from '../sources.ts'

const LIMITS: Readonly<Record<CapacityPart['sides'][number]['limited_by'], string>> = {
  objective: 'beyond it the objective is missed',
  generator: 'beyond it the generator was the bottleneck: the service may cope with more',
  search: 'the search ended there',
}

/** The highest rate that each side copes with, and every run on the way to it. */
export function capacitySection(capacity: CapacityPart, sides: readonly ReportSide[]): Section {
  return {
    id: 'capacity',
    title: `Highest rate with ${objectiveWords(capacity.objective)}`,
    short: 'Highest rate',
    chapter: 'Speed',
    contents: [
      { kind: 'list', items: capacity.sides.map((side, place) => found(side, place, sides)) },
      {
        kind: 'plots',
        about:
          'A dot for every rate tried: filled where it met the objective, hollow where it did not, small where the run cannot tell. The vertical line is the knee: the highest rate that met the objective twice. Where a curve of answers bends back, more was offered than was answered. One side was searched after another, so times of two sides are not paired here.',
        legend: true,
        plots: capacityPlots(capacity, sides),
      },
      runsTable(capacity, sides),
    ],
  }
}

/** `a P99 of at most 50 ms`, of `p99=50ms`. */
function objectiveWords(objective: string): string {
  const [percentile = '', ms = ''] = objective.split('=')
  return `a ${percentile.toUpperCase()} of at most ${ms.replace('ms', ' ms')}`
}

function found(
  { side, highest, limited_by, points }: CapacityPart['sides'][number],
  place: number,
  sides: readonly ReportSide[],
): Prose {
  const { label = side } = sides.find(({ key }) => key === side) ?? {}
  if (highest === null) return [`${label}: ${whyNone(points)}.`]
  const point = points.findLastIndex(({ rate }) => rate === highest)
  return [
    `${label}: `,
    from(
      sourceOf.capacity(place, Math.max(0, point)),
      quantity(`capacity.highest.${side}`, highest, 'a second'),
    ),
    `; ${LIMITS[limited_by]}.`,
  ]
}

/** Why no rate was found. */
function whyNone(points: readonly CapacityPoint[]): string {
  return points.some(({ meets }) => meets !== null)
    ? 'no rate that was tried met it'
    : 'no run could tell: the generator was the bottleneck, or the run was cut off'
}

function runsTable(capacity: CapacityPart, sides: readonly ReportSide[]): Content {
  return {
    kind: 'details',
    summary: 'Every rate tried',
    contents: [
      {
        kind: 'table',
        table: {
          id: 'capacity-runs',
          caption: 'In the order in which they were tried',
          columns: [
            { text: 'Offered a second' },
            { text: 'Answered a second', numeric: true },
            { text: 'P50', numeric: true },
            { text: 'P99', numeric: true },
            { text: 'Failed', numeric: true },
            { text: 'Objective' },
            { text: 'Record' },
          ],
          rows: capacity.sides.flatMap(({ side, points }, place) =>
            points.map((point, index): Row => {
              const id = (name: string) => `capacity.${name}.${side}-${index}`
              const label = sides.find(({ key }) => key === side)?.label ?? side
              return {
                ...(index === 0 && { group: label }),
                id: sourceOf.capacity(place, index),
                cells: [
                  quantity(id('rate'), point.rate, ''),
                  quantity(id('achieved'), point.achieved, ''),
                  milliseconds(id('p50'), point.p50),
                  milliseconds(id('p99'), point.p99),
                  percentage(id('errors'), 100 * point.error_rate),
                  text(point.meets === null ? 'cannot tell' : point.meets ? 'met' : 'missed'),
                  recordCell(`/capacity/sides/${place}/points/${index}`),
                ],
              }
            }),
          ),
          notes: [],
        },
      },
    ],
  }
}
