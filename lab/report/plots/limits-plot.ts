import type { StoreLimits } from '../../model/decide/limits.ts'
import type { StoreName } from '../../model/terms/stores.ts'
import type { Room } from '../../page/plot/frame.ts'
import { type LogLogLine, logLogPlot } from '../../page/plot/log-log-plot.ts'

/** Simulated P99 against concurrent shoppers: a line for each deployment, faint beyond its capacity. */
export function limitsPlot(
  { curves }: StoreLimits,
  places: Readonly<Record<StoreName, number>>,
  room: Room,
): string {
  const objective = curves[0]?.sweep.objective.p99_ms
  return logLogPlot(
    {
      id: 'limits',
      title: 'P99 by concurrent shoppers, simulated',
      x: 'concurrent shoppers',
      y: 'P99, ms',
      lines: curves.map(({ deployment, sweep }, index): LogLogLine => {
        const again = curves.slice(0, index).some((other) => other.sweep.store === sweep.store)
        return {
          name: deployment,
          place: places[sweep.store],
          // Another deployment of a store has the same colour and different dashes.
          ...(again && { dashes: 2 }),
          points: sweep.points.flatMap(({ shoppers, p99_ms }): [number, number][] =>
            p99_ms === null ? [] : [[shoppers, p99_ms]],
          ),
          fades: sweep.most_shoppers,
        }
      }),
      marks: [],
      horizontal:
        objective === undefined ? null : { at: objective, text: `objective: ${objective} ms` },
      names: 'above',
      warning: 'simulated',
    },
    room,
  )
}
