const DASHES: readonly ('solid' | number[])[] = ['solid', [7, 3], [2, 2], [8, 2, 2, 2]]

/** Accent colour of a series: a CSS variable of the page, so that plots follow light and dark mode. */
export function accent(place: number): string {
  return `var(--side-${place + 1})`
}

/** Line style of a series, so that series differ without colour. */
export function dash(place: number): 'solid' | number[] {
  return DASHES[place] ?? 'solid'
}

const SYMBOLS = ['circle', 'rect', 'diamond', 'triangle'] as const

/** Mark of a series, the same as next to its name. */
export function symbol(place: number): (typeof SYMBOLS)[number] {
  return SYMBOLS[place] ?? 'circle'
}

/** Text of axes. */
export const LABEL = { color: 'var(--muted)', fontSize: 11 }

export const GRID_LINE = { show: true, lineStyle: { color: 'var(--rule)' } }

type Points = readonly (readonly number[])[]

/** A line through points, without marks. */
export function line(data: Points, lineStyle: object, more: object = {}): object {
  return { type: 'line', silent: true, symbol: 'none', clip: false, lineStyle, data, ...more }
}

interface DotLook {
  readonly symbol?: string
  readonly size: number | readonly [number, number]
  readonly color: string
  readonly opacity?: number
  /** Colour of the edge of a hollow or ringed dot. */
  readonly border?: string
  readonly borderWidth?: number
}

/** Dots at points, or at `{ value, itemStyle }` for dots of different looks. */
export function dots(
  data: readonly (readonly number[] | object)[],
  look: DotLook,
  more: object = {},
): object {
  const { symbol: shape = 'circle', size, color, opacity = 1, border, borderWidth = 1.5 } = look
  const edge = border === undefined ? {} : { borderColor: border, borderWidth }
  return {
    type: 'scatter',
    silent: true,
    symbol: shape,
    symbolSize: size,
    itemStyle: { color, opacity, ...edge },
    data,
    ...more,
  }
}

/** A straight line across the whole plot at a value of one axis. */
export function ruler(
  at: { readonly xAxis: number } | { readonly yAxis: number },
  look: { readonly color?: string; readonly type?: 'solid' | number[] } = {},
): object {
  const { color = 'var(--muted)', type = [4, 3] } = look
  const markLine = {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color, type, width: 1 },
    data: [at],
  }
  return line([], { color }, { markLine })
}
