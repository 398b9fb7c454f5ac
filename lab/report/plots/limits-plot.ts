import type { StoreName } from '../../cost/monthly-cost.ts'
import type { StoreLimits } from '../../decide/limits.ts'
import { logLogPlot } from './log-log-plot.ts'

/** Simulated P99 against shoppers at once, a line for each deployment, up to where it ends. */
export function limitsPlot(
  { curves }: StoreLimits,
  places: Readonly<Record<StoreName, number>>,
): string {
  const seen = new Set<StoreName>()
  return logLogPlot({
    id: 'limits',
    title: 'P99 by shoppers at once, simulated',
    x: 'shoppers at once',
    y: 'ms',
    lines: curves.map(({ deployment, sweep }) => {
      const again = seen.has(sweep.store)
      seen.add(sweep.store)
      return {
        name: deployment,
        // The second deployment of a store has a look of its own.
        place: again ? 2 : places[sweep.store],
        points: sweep.points.flatMap(({ shoppers, p99_ms }): [number, number][] =>
          p99_ms === null ? [] : [[shoppers, p99_ms]],
        ),
      }
    }),
    marks: curves.flatMap(({ sweep }) => sweep.most_shoppers ?? []),
    horizontal: curves[0]?.sweep.objective.p99_ms ?? null,
    warning: 'simulated',
  })
}
