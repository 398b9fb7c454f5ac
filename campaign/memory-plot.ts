import { panel } from '../packages/lab/src/page/plot/frame.ts'
import { GRID_LINE, LABEL, line } from '../packages/lab/src/page/plot/series.ts'
import { drawSvg } from '../packages/lab/src/page/plot/svg.ts'
import type { Found } from './found.ts'

const MB = 2 ** 20

/** Resident memory of the service while a load goes on. */
export function memoryPlot(
  { name, store }: Pick<Found, 'name' | 'store'>,
  samples: NonNullable<Found['memory_over_time']>,
): string {
  const points = samples.map(({ second, bytes }) => [second / 60, bytes / MB])
  const all = points.map(([, mb = 0]) => Math.round(mb))
  const axis = (text: string, more: object) => ({
    type: 'value',
    name: text,
    nameTextStyle: LABEL,
    axisLabel: LABEL,
    ...more,
  })
  return drawSvg(
    {
      ...panel(220, { top: 30 }),
      id: `memory-${name}-${store}`,
      title: `Memory of the service on ${store}`,
      description: `From ${all[0] ?? 0} MB to ${all.at(-1) ?? 0} MB, at most ${Math.max(0, ...all)} MB.`,
      warning: null,
    },
    {
      xAxis: axis('minutes', { nameLocation: 'middle', nameGap: 26, splitLine: { show: false } }),
      yAxis: axis('MB', { min: 0, splitLine: GRID_LINE }),
      series: [line(points, { color: 'var(--blue)', width: 2 })],
    },
  )
}
