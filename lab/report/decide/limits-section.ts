import { STORE_NAMES } from '../../cost/monthly-cost.ts'
import { amount, list } from '../../decide/words.ts'
import type { Decision } from '../../evidence/decide.ts'
import type { Prose, Section } from '../model.ts'
import { limitsPlot } from '../plots/limits-plot.ts'
import { items, missing, STORES, type StorePlaces } from './content.ts'
import { simulationProse } from './simulation.ts'

/** How many shoppers each store serves, and what ends it: simulated, with the simulation's error. */
export function limitsSection({ limits, simulation }: Decision, places: StorePlaces): Section {
  const found = limits.curves.map(({ deployment, sweep }): Prose => {
    const most = sweep.most_shoppers
    const reach =
      most === null
        ? 'not even the fewest shoppers looked at are served well'
        : `up to ${amount(most)} shoppers at once are served well`
    const end = sweep.limit === null ? ', the most looked at' : `; what ends it: ${sweep.limit}`
    return [`${deployment}: ${reach}${end} (simulated).`]
  })
  const [sweep] = limits.curves.map((curve) => curve.sweep)
  return {
    id: 'limits',
    title: 'Beyond one machine (simulated)',
    contents:
      limits.curves.length === 0
        ? [missing('Nothing can be simulated', limits.missing)]
        : [
            {
              kind: 'plots',
              legend: false,
              plots: [
                {
                  title: 'P99 by shoppers at once, simulated',
                  draw: () => limitsPlot(limits, places),
                },
              ],
            },
            items(found),
            ...(sweep === undefined
              ? []
              : [
                  {
                    kind: 'note' as const,
                    text: `Served well: a P99 of at most ${sweep.objective.p99_ms} ms and at most ${amount(100 * sweep.objective.error_share)} % errors. Assumed, not measured: ${list([...new Set(limits.curves.flatMap((curve) => curve.assumed))]) || 'nothing'}.`,
                  },
                ]),
            items(STORES.map((store) => simulationProse(STORE_NAMES[store], simulation[store]))),
            ...(limits.missing.length === 0 ? [] : [missing('Not simulated', limits.missing)]),
          ],
  }
}
