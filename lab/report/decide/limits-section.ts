import { STORE_NAMES } from '../../model/cost/monthly-cost.ts'
import type { Decision } from '../../model/decide/decide.ts'
import { amount, list } from '../../model/decide/words.ts'
import { capital, quantity } from '../format.ts'
import type { Content, Prose, Section } from '../model.ts'
import { limitsPlot } from '../plots/limits-plot.ts'
import { reachPlot } from '../plots/reach-plot.ts'
import { from, sourceOf } from '../sources.ts'
import { items, missing, STORES, type StorePlaces } from './content.ts'
import { simulationProse } from './simulation.ts'

/** How many shoppers each store serves, and what ends it: simulated, with the simulation's error. */
export function limitsSection(
  { evidence, limits, simulation, advice }: Decision,
  places: StorePlaces,
): Section {
  const scenarios = advice.map(({ scenario }) => scenario)
  const [sweep] = limits.curves.map((curve) => curve.sweep)
  const section = {
    id: 'limits',
    title: 'Beyond one machine: where each store ends (simulated)',
    short: 'Where each store ends',
    chapter: 'Choice' as const,
  }
  if (sweep === undefined)
    return { ...section, contents: [missing('Nothing can be simulated', limits.missing)] }
  return {
    ...section,
    contents: [
      {
        kind: 'prose',
        prose: [
          `No laptop holds a million shoppers. A simulation carries the measured times and costs of single requests to that size. Served well means a P99 of at most ${sweep.objective.p99_ms} ms and at most ${amount(100 * sweep.objective.error_share)} % errors.`,
        ],
      },
      {
        kind: 'plots',
        about:
          'A bar ends where more shoppers would no longer be served well. Dotted lines are the peaks of the shops above.',
        legend: false,
        plots: [
          {
            title: 'Shoppers at once that are served well, and what ends it (simulated)',
            draw: () => reachPlot(limits, scenarios, places, 'panel'),
            drawWide: () => reachPlot(limits, scenarios, places, 'page'),
          },
          {
            title: 'What shoppers feel on the way there: P99 (simulated)',
            draw: () => limitsPlot(limits, places, 'panel'),
            drawWide: () => limitsPlot(limits, places, 'page'),
          },
        ],
      },
      items(limits.curves.map(reachProse)),
      ...limitNotes(limits.curves.map((curve) => curve.sweep.limit)),
      items(
        STORES.map((store) =>
          simulationProse(STORE_NAMES[store], simulation[store], evidence[store].emulator),
        ),
      ),
      {
        kind: 'note',
        text: `Assumed, not measured: ${list([...new Set(limits.curves.flatMap((curve) => curve.assumed))]) || 'nothing'}.`,
      },
      ...(limits.missing.length === 0 ? [] : [missing('Not simulated', limits.missing)]),
    ],
  }
}

type Limit = NonNullable<Decision['limits']['curves'][number]['sweep']['limit']>

/** What the words for a limit mean. */
const MEANINGS: Readonly<Record<Limit, string>> = {
  'service CPU': 'the processors of the cart service',
  connections: 'the connections that the database allows',
  'database CPU': 'the processors of the database',
  'log bandwidth': "how much of PostgreSQL's log of changes its storage takes a second",
  'one cart': 'changes of one cart wait for each other',
  'one partition': 'DynamoDB keeps a cart in one part of the table, which has a limit of its own',
  'table growth': 'a table takes time to grow beyond twice its earlier traffic',
  'table quota': 'what AWS allows a table a second unless asked for more',
  latency: 'answers take too long, though nothing is used up',
}

function limitNotes(limits: readonly (Limit | null)[]): Content[] {
  const known = [...new Set(limits.filter((limit) => limit !== null))]
  if (known.length === 0) return []
  const text = known.map((limit) => `${capital(limit)}: ${MEANINGS[limit]}.`).join(' ')
  return [{ kind: 'note', text }]
}

function reachProse(
  { deployment, sweep }: Decision['limits']['curves'][number],
  index: number,
): Prose {
  const { most_shoppers: most, limit, store } = sweep
  if (most === null)
    return [`${deployment}: not even the fewest shoppers looked at are served well (simulated).`]
  const figure = from(sourceOf.model(store), quantity(`simulated.most_shoppers.${index}`, most, ''))
  const end = limit === null ? ', the most looked at' : `; what ends it: ${limit}`
  return [`${deployment}: up to `, figure, ` shoppers at once are served well${end} (simulated).`]
}
