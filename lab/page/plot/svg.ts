import { LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { escapeHtml } from '../escape.ts'
import type { Frame } from './frame.ts'

use([LineChart, ScatterChart, GridComponent, MarkAreaComponent, MarkLineComponent, SVGRenderer])

/** A plot's frame, and its name and description for screen readers. */
export interface Plot extends Frame {
  readonly id: string
  readonly title: string
  readonly description: string
  /** Small print inside the plot, so that a copied plot keeps its caveat. */
  readonly warning: string | null
  /** Text drawn on top of everything else. */
  readonly labels?: readonly Label[]
}

export interface Label {
  /** Baseline of the text, in units of the viewBox. */
  readonly x: number
  readonly y: number
  readonly text: string
  readonly anchor: 'start' | 'middle' | 'end'
  /** Default: muted. */
  readonly color?: string
  readonly bold?: boolean
  /** Dashes of a sample of the line that it names, drawn before it; only with anchor `start`. */
  readonly line?: 'solid' | readonly number[]
}

/**
 * Draws an echarts option, whose grid is the plot's frame, as one self-contained inline SVG element: no ids that could
 * clash with another plot, no style element, colours as CSS variables of the page, a title and a description.
 */
export function drawSvg(plot: Plot, option: object): string {
  const { width, height, left, right, top, bottom } = plot
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    const grid = { left, right, top, bottom, containLabel: false }
    chart.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, grid, ...option })
    return describe(plot, clean(chart.renderToSVGString()))
  } finally {
    chart.dispose()
  }
}

/**
 * The content of the root element, without the hooks for echarts' own scripts. Clip paths are removed, too: all data
 * lie within the axes, and their ids would repeat in every plot.
 */
function clean(svg: string): string {
  return svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replace(/<style\s*>.*?<\/style>/gs, '')
    .replace(/<defs\s*>.*?<\/defs>/gs, '')
    .replace(/<rect [^>]*fill="none"><\/rect>\n?/, '')
    .replace(/<(?:"[^"]*"|[^">])*>/g, cleanTag)
    .trim()
}

/** A tag with shorter attributes. Text between tags stays: it may come from the user. */
function cleanTag(tag: string): string {
  return tag
    .replace(/ (?:ecmeta_\w+|class|pointer-events|clip-path)="[^"]*"/g, '')
    .replace(/font-family:[^;"]*;?/g, '')
    .replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100))
}

function describe(plot: Plot, content: string): string {
  const { id, width, height, title, description, warning, labels = [] } = plot
  return [
    `<svg role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${width} ${height}">`,
    `<title id="${id}-title">${escapeHtml(title)}</title>`,
    `<desc id="${id}-desc">${escapeHtml(description)}</desc>`,
    content,
    ...labels.map(labelSvg),
    ...(warning === null
      ? []
      : [
          `<text class="plot-warning" x="${width - 8}" y="${height - 6}">${escapeHtml(warning)}</text>`,
        ]),
    '</svg>',
  ].join('\n')
}

function labelSvg({ x, y, text, anchor, color = 'var(--muted)', bold = false, line }: Label) {
  const start = line === undefined ? x : x + LINE_ROOM
  const place = `x="${rounded(start)}" y="${rounded(y)}" text-anchor="${anchor}"`
  const weight = bold ? ' font-weight="600"' : ''
  const piece =
    line === undefined
      ? ''
      : `<path d="M${rounded(x)} ${rounded(y - 4)}h${LINE}" stroke="${color}" stroke-width="2.5" fill="none" stroke-dasharray="${line === 'solid' ? '' : line.join(' ')}"/>`
  return `${piece}<text class="plot-label" ${place} fill="${color}"${weight}>${escapeHtml(text)}</text>`
}

const LINE = 24
const LINE_ROOM = 31

function rounded(units: number): number {
  return Math.round(units * 100) / 100
}
