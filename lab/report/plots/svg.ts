import { LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, MarkAreaComponent, MarkLineComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { escapeHtml } from '../html/escape.ts'

use([LineChart, ScatterChart, GridComponent, MarkAreaComponent, MarkLineComponent, SVGRenderer])

/** A plot's size in units of its viewBox, and what it is called for those who cannot see it. */
export interface Plot {
  readonly id: string
  readonly width: number
  readonly height: number
  readonly title: string
  readonly description: string
  /** Small print in the corner of the plot, so that it stays with a plot that is cut out. */
  readonly warning: string | null
  /** Words beside what they name, over everything else. */
  readonly labels?: readonly Label[]
}

export interface Label {
  /** In units of the viewBox; the baseline of the text. */
  readonly x: number
  readonly y: number
  readonly text: string
  readonly anchor: 'start' | 'middle' | 'end'
  /** A colour, muted when left out. */
  readonly color?: string
  readonly bold?: boolean
  /** A piece of the line that it names, before it: the dashes in units of the viewBox. Only where the anchor is the start. */
  readonly line?: readonly number[]
}

/**
 * Draws an echarts option as one inline SVG element that needs nothing else: no ids that could clash with
 * another plot, no style element, colours as the page's CSS variables, and a title and description.
 */
export function drawSvg(plot: Plot, option: object): string {
  const chart = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: plot.width,
    height: plot.height,
  })
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, ...option })
    return describe(plot, clean(chart.renderToSVGString()))
  } finally {
    chart.dispose()
  }
}

/**
 * What is inside the root element, without the hooks echarts leaves for its own scripts. Clipping goes too: all
 * data lie within the axes, and its ids would be the same in every plot.
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

/** A tag with shorter attributes. What stands between tags are labels, which are the user's words. */
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
      : `<path d="M${rounded(x)} ${rounded(y - 4)}h${LINE}" stroke="${color}" stroke-width="2.5" fill="none" stroke-dasharray="${line.join(' ')}"/>`
  return `${piece}<text class="plot-label" ${place} fill="${color}"${weight}>${escapeHtml(text)}</text>`
}

const LINE = 24
const LINE_ROOM = 31

function rounded(units: number): number {
  return Math.round(units * 100) / 100
}
