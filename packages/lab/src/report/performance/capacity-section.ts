import {
  type Content,
  columns,
  details,
  items,
  type Prose,
  type Row,
  type Section,
  tabular,
  text,
} from '../../page/document.ts'
import type { CapacityPart, CapacityPoint } from '../../results/schemas.ts'
import { milliseconds, percentage, quantity } from '../format.ts'
import type { ReportSide } from '../model.ts'
import { capacityPlots } from '../plots/capacity-plot.ts'
import { from, recordCell, sourceOf } from '../sources.ts'

const LIMITS: Readonly<Record<CapacityPart['sides'][number]['limited_by'], string>> = {
  objective: 'a higher rate missed the objective',
  generator: 'limited by the load generator, so the service may sustain more',
  search: 'the maximum rate tried',
}

/** The maximum rate within the objective on each target, and all runs of the search. */
export function capacitySection(capacity: CapacityPart, sides: readonly ReportSide[]): Section {
  return {
    id: 'capacity',
    title: `Maximum rate with ${objectiveWords(capacity.objective)}`,
    short: 'Maximum rate',
    chapter: 'Speed',
    contents: [
      items(capacity.sides.map((side, place) => found(side, place, sides))),
      {
        kind: 'plots',
        about:
          'Each dot is a rate tried: filled if it met the objective, hollow if it missed it, small if the run was inconclusive. The vertical line marks the maximum rate that met the objective twice. Where the achieved rate falls while the offered rate grows, the service is saturated. Targets were searched one after another, so their times are not paired.',
        legend: true,
        plots: capacityPlots(capacity, sides),
      },
      runsTable(capacity, sides),
    ],
  }
}

/** `a P99 of at most 50 ms`, from `p99=50ms`. */
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
      quantity(`capacity.highest.${side}`, highest, 'per second'),
    ),
    `; ${LIMITS[limited_by]}.`,
  ]
}

/** Why the search found no rate. */
function whyNone(points: readonly CapacityPoint[]): string {
  return points.some(({ meets }) => meets !== null)
    ? 'no rate tried met the objective'
    : 'inconclusive: the load generator was the bottleneck, or the run ended early'
}

function runsTable(capacity: CapacityPart, sides: readonly ReportSide[]): Content {
  return details(
    'All rates tried',
    tabular({
      id: 'capacity-runs',
      caption: 'Runs of the search, in order',
      columns: columns(
        'Offered per second',
        '#Achieved per second',
        '#P50',
        '#P99',
        '#Failed',
        'Objective',
        'Record',
      ),
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
              text(point.meets === null ? 'inconclusive' : point.meets ? 'met' : 'missed'),
              recordCell(`/capacity/sides/${place}/points/${index}`),
            ],
          }
        }),
      ),
    }),
  )
}
