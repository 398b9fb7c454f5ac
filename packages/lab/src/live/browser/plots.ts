import type uPlot from 'uplot'
import { axisTime } from './format.ts'
import { drawHeatMap } from './heat-map.ts'
import { sides, timeline } from './state.ts'

/** Draws everything that is not HTML, after a frame. */
export async function createPlots(): Promise<() => void> {
  // A browser in which the library does not load still shows the figures.
  const library = await import('uplot').catch(() => undefined)
  let plot: uPlot | undefined
  let drawnIn: Element | undefined

  function throughput(box: HTMLElement, Plot: typeof uPlot): void {
    const names = sides()
    if (plot === undefined || drawnIn !== box) {
      plot?.destroy()
      box.replaceChildren()
      plot = new Plot(optionsOf(box.clientWidth), [], box)
      drawnIn = box
      new ResizeObserver(() => plot?.setSize({ width: box.clientWidth, height: HEIGHT })).observe(
        box,
      )
    }
    const data = [timeline.times(), ...names.map(({ key }) => timeline.rates(key))]
    plot.setData(data as uPlot.AlignedData)
  }

  return () => {
    const box = document.getElementById('throughput')
    if (box !== null && library !== undefined && sides().length > 0)
      throughput(box, library.default)
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('canvas.heat-map')) {
      const { side = '' } = canvas.dataset
      const place = sides().findIndex(({ key }) => key === side) + 1
      drawHeatMap(canvas, timeline.frames(), side, colour(`--side-${place}`))
    }
  }
}

const HEIGHT = 150
/** The last minute, also while less has been seen. */
const SHOWN_S = 60

function optionsOf(width: number): uPlot.Options {
  const [ink, rule] = [colour('--muted'), colour('--rule')]
  const axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule, width: 1 } }
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: (_, __, last) => [last - SHOWN_S, last] } },
    axes: [
      {
        ...axis,
        values: (_, values) => values.map(axisTime),
      },
      { ...axis, size: 56 },
    ],
    series: [
      {},
      ...sides().map(({ label }, at) => ({
        label,
        stroke: colour(`--side-${at + 1}`),
        width: 2,
        points: { show: false },
        ...(at === 1 && { dash: [7, 3] }),
      })),
    ],
  }
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}
