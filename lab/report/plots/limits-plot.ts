import type { StoreLimits } from '../../model/decide/limits.ts'
import type { StoreName } from '../../model/terms/stores.ts'
import { type LogLogLine, logLogPlot } from './log-log-plot.ts'
import type { Room } from './room.ts'

/** Simulated P99 against shoppers at once, a line for each deployment, faint beyond where it serves well. */
export function limitsPlot(
  { curves }: StoreLimits,
  places: Readonly<Record<StoreName, number>>,
  room: Room,
): string {
  const objective = curves[0]?.sweep.objective.p99_ms
  return logLogPlot(
    {
      id: 'limits',
      title: 'P99 by shoppers at once, simulated',
      x: 'shoppers at once',
      y: 'P99 in ms',
      lines: curves.map(({ deployment, sweep }, index): LogLogLine => {
        const again = curves.slice(0, index).some((other) => other.sweep.store === sweep.store)
        return {
          name: deployment,
          place: places[sweep.store],
          // The second deployment of a store has its colour, and dashes of its own.
          ...(again && { dashes: 2 }),
          points: sweep.points.flatMap(({ shoppers, p99_ms }): [number, number][] =>
            p99_ms === null ? [] : [[shoppers, p99_ms]],
          ),
          fades: sweep.most_shoppers,
        }
      }),
      marks: [],
      horizontal:
        objective === undefined
          ? null
          : { at: objective, text: `served well: below ${objective} ms` },
      names: 'above',
      warning: 'simulated',
    },
    room,
  )
}
