import type { Decision } from '../../model/decide/decide.ts'
import type { StoreEvidence } from '../../model/decide/evidence.ts'
import type { LimitCurve } from '../../model/decide/limits.ts'
import { missingRoundTrip } from '../../model/decide/model-inputs.ts'
import { STORE_NAMES, STORES } from '../../model/terms/stores.ts'
import { amount, milliseconds } from '../amounts.ts'
import { capital, quantity } from '../format.ts'
import { type Content, items, note, type Prose, paragraph, type Section } from '../model.ts'
import { limitsPlot } from '../plots/limits-plot.ts'
import { reachPlot } from '../plots/reach-plot.ts'
import { from, sourceOf } from '../sources.ts'
import { assumptionWords } from './assumption-words.ts'
import { notMeasured, type StorePlaces } from './content.ts'
import { LIMITS } from './limit-words.ts'
import { simulationProse } from './simulation-prose.ts'

/** How many shoppers each store serves and what limits it: simulated, with the simulation's error. */
export function limitsSection(
  { evidence, limits, simulation, advice }: Decision,
  places: StorePlaces,
): Section {
  const { curves, missing } = limits
  const scenarios = advice.map(({ scenario }) => scenario)
  const objective = curves[0]?.sweep.objective
  const section = {
    id: 'limits',
    title: 'Beyond one machine: where each store saturates (simulated)',
    short: 'Where each store saturates',
    chapter: 'Choice' as const,
  }
  if (objective === undefined)
    return { ...section, contents: [notMeasured('Nothing can be simulated', missing)] }
  return {
    ...section,
    contents: [
      paragraph(
        `One machine cannot run a million shoppers. The simulation extrapolates from the measured latency and resources of single operations. Served well means a P99 of at most ${objective.p99_ms} ms and at most ${amount(100 * objective.error_share)} % errors.`,
      ),
      {
        kind: 'plots',
        about:
          'A bar ends at the maximum number of shoppers that are served well. Dotted lines are the peaks of the shops above.',
        legend: false,
        plots: [
          {
            title: 'Concurrent shoppers that are served well, and the limit beyond (simulated)',
            draw: () => reachPlot(limits, scenarios, places, 'panel'),
            drawWide: () => reachPlot(limits, scenarios, places, 'page'),
          },
          {
            title: 'P99 by concurrent shoppers (simulated)',
            draw: () => limitsPlot(limits, places, 'panel'),
            drawWide: () => limitsPlot(limits, places, 'page'),
          },
        ],
      },
      note(latencyBasis(evidence)),
      items(curves.map(reachProse)),
      ...limitNotes(curves),
      items(
        STORES.map((store) =>
          simulationProse(STORE_NAMES[store], simulation[store], evidence[store].emulator),
        ),
      ),
      note(
        `Not measured here, with its source: ${assumed(curves)}. "Where the figures come from" lists all figures.`,
      ),
      ...(missing.length === 0 ? [] : [notMeasured('Not simulated', missing)]),
    ],
  }
}

/** Whose latencies the plots show: a published one never stands beside a measured one without a word. */
function latencyBasis(evidence: Decision['evidence']): string {
  return STORES.map((store) => `${STORE_NAMES[store]}: ${basisOf(evidence[store])}.`).join(' ')
}

function basisOf(store: StoreEvidence): string {
  const { emulator, runs, round_trip_s, latencies } = store
  if (Object.keys(latencies).length > 0 && (emulator || runs.length === 0))
    return 'latencies measured elsewhere (--evidence)'
  if (emulator) return 'latencies published by Amazon or assumed, not measured'
  if (round_trip_s === null) return 'latencies measured on the running service'
  const added = missingRoundTrip(store)
  const network =
    round_trip_s === 0
      ? 'latencies measured over loopback'
      : `latencies measured with a network of ${milliseconds(1000 * round_trip_s)} between service and database`
  return added === 0
    ? network
    : `${network}, plus an assumed round trip of ${milliseconds(1000 * added)}`
}

function assumed(curves: readonly LimitCurve[]): string {
  return [...new Set(curves.flatMap((curve) => curve.assumed.map(assumptionWords)))].join('; ')
}

function limitNotes(curves: readonly LimitCurve[]): Content[] {
  const known = new Set(curves.flatMap(({ sweep }) => sweep.limit ?? []))
  if (known.size === 0) return []
  const sentences = [...known].map((limit) => {
    const { name, meaning } = LIMITS[limit]
    return `${capital(name)}: ${meaning}.`
  })
  return [note(sentences.join(' '))]
}

function reachProse({ deployment, sweep, range }: LimitCurve, index: number): Prose {
  const { most_shoppers: most, limit, store } = sweep
  if (most === null)
    return [`${deployment}: not even the smallest simulated number of shoppers is served well.`]
  const figure = from(sourceOf.model(store), quantity(`simulated.most_shoppers.${index}`, most, ''))
  const end =
    limit === null ? ', the largest simulated number' : `; then limited by ${LIMITS[limit].name}`
  if (range === null)
    return [
      `${deployment}: serves up to `,
      figure,
      ` concurrent shoppers well${end} (simulated; the error is not known: an order of magnitude).`,
    ]
  return [
    `${deployment}: serves between `,
    quantity(`simulated.fewest_shoppers.${index}`, range.low, ''),
    ' and ',
    quantity(`simulated.top_shoppers.${index}`, range.high, ''),
    ' concurrent shoppers well, with the error of the simulation (computed: ',
    figure,
    `${end}).`,
  ]
}
