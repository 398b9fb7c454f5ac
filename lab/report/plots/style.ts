import type { LogAxis } from './log-axis.ts'
import { tickText } from './log-axis.ts'

const DASHES: readonly ('solid' | number[])[] = ['solid', [7, 3], [2, 2]]

/** A side's accent colour: a CSS variable of the page, so that plots follow light and dark. */
export function accent(place: number): string {
  return `var(--side-${place + 1})`
}

/** A side's line style, so that the sides can be told apart without colour. */
export function dash(place: number): 'solid' | number[] {
  return DASHES[place] ?? 'solid'
}

const LABEL = { color: 'var(--muted)', fontSize: 11 }
const GRID_LINE = { show: true, lineStyle: { color: 'var(--rule)' } }

/** The horizontal axis of every plot: response time on a logarithmic scale. */
export function timeAxis(axis: LogAxis): object {
  return {
    type: 'value',
    min: axis.min,
    max: axis.max,
    name: 'response time, ms (logarithmic)',
    nameLocation: 'middle',
    nameGap: 26,
    nameTextStyle: LABEL,
    axisLine: { show: true, onZero: false, lineStyle: { color: 'var(--muted)' } },
    axisTick: { show: true, customValues: axis.ticks, lineStyle: { color: 'var(--muted)' } },
    axisLabel: { ...LABEL, customValues: axis.ticks, formatter: tickText },
    splitLine: GRID_LINE,
  }
}

/** A vertical axis from 0 to 100 %. */
export function shareAxis(): object {
  return {
    type: 'value',
    min: 0,
    max: 100,
    interval: 25,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { ...LABEL, formatter: '{value} %' },
    splitLine: GRID_LINE,
  }
}
