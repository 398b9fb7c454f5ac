import { STATISTICS } from '../../blocks/metrics.ts'
import type { BlockComparison, BlockVerdict } from '../../stats/compare-blocks.ts'
import { milliseconds, percentText, probability, ratio } from '../format.ts'
import { type Cell, proseCell, type Row, type Section, type Table, text } from '../model.ts'
import { forestPlot } from '../plots/forest-plot.ts'
import { attribute, from, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadPair, LoadSide } from './findings.ts'
import { loadWords, metricWords, plural } from './words.ts'

/** How much faster one side is, by every figure: drawn and as a table, for every pair. */
export function ratioSection(findings: LoadFindings): Section {
  const { pairs, rules, load, valid } = findings
  const margin = percentText(100 * rules.margin)
  return {
    id: 'load',
    title: `Under load: ${loadWords(load.spec).replace(/^at /, '')}`,
    contents: [
      {
        kind: 'prose',
        prose: [
          `Each dot is the median, over ${plural(valid.length, 'block')}, of one figure of the second side divided by that of the first; the line is its 95 % interval. The band holds ratios within the margin of ${margin}, which do not matter. Filled dots are verdicts, hollow ones are not.`,
        ],
      },
      {
        kind: 'plots',
        legend: false,
        plots: pairs.map((pair) => ({
          title: titleOf(pair),
          draw: () => forestPlot(pair, rules.margin),
        })),
      },
      ...pairs.map((pair) => ({ kind: 'table' as const, table: ratioTable(findings, pair) })),
      {
        kind: 'note',
        text: `Times are of all valid blocks together, their histograms merged, from the moment a request was due. Ratio: the second side's time divided by the first's, the median of the blocks. p: exact sign-flip test over the blocks, after Holm's correction over all figures of all pairs, in which the headline's has half the weight. Faster: p at most ${rules.alpha}, and a ratio beyond the margin. Equivalent: the whole interval within it.`,
      },
    ],
  }
}

function titleOf({ a, b }: LoadPair): string {
  return `${a.side.label} against ${b.side.label}`
}

/** All figures of a pair: times, ratio, interval, p, verdict. */
export function ratioTable(findings: LoadFindings, pair: LoadPair): Table {
  const { a, b, comparisons, key } = pair
  const groups = new Set<string>()
  return {
    id: `ratios-${key.replace(':', '-')}`,
    caption: titleOf(pair),
    columns: [
      { text: 'Figure' },
      { text: a.side.label, side: a.place, numeric: true },
      { text: b.side.label, side: b.place, numeric: true },
      { text: 'Ratio', numeric: true },
      { text: '95 % interval', numeric: true },
      { text: 'p', numeric: true },
      { text: 'Verdict' },
    ],
    rows: comparisons.map((comparison): Row => {
      const { title } = metricWords(comparison.name)
      const first = !groups.has(title)
      groups.add(title)
      return { ...(first && { group: title }), cells: ratioCells(findings, pair, comparison) }
    }),
    notes: [],
  }
}

/** The same for a terminal, which has no room for groups. */
export function summaryTable(
  findings: LoadFindings,
  pair: LoadPair,
): { readonly title: string; readonly table: Table } {
  const table = ratioTable(findings, pair)
  const rows = table.rows.map(({ cells: [, ...cells] }, place): Row => {
    const { title, statistic } = metricWords(pair.comparisons[place]?.name ?? '')
    return { cells: [text(`${title}, ${statistic}`), ...cells] }
  })
  return { title: titleOf(pair), table: { ...table, rows } }
}

function ratioCells(
  { tooFew }: LoadFindings,
  pair: LoadPair,
  comparison: BlockComparison,
): readonly Cell[] {
  const { a, b, key } = pair
  const { name, interval, adjusted_p } = comparison
  const source = sourceOf.load(key)
  const id = (what: string) => `load.${name}.${what}.${key}`
  const bounds =
    interval === null
      ? text('n/a')
      : proseCell(
          attribute(
            [ratio(id('low'), interval.low), ' to ', ratio(id('high'), interval.high)],
            sourceOf.load,
          ),
        )
  return [
    text(metricWords(name).statistic),
    timeCell(a, name),
    timeCell(b, name),
    from(source, ratio(id('ratio'), comparison.ratio)),
    bounds,
    from(source, probability(id('p'), adjusted_p)),
    tooFew === null ? verdictCell(pair, comparison.verdict) : text('no verdict'),
  ]
}

/** The figure of a side over all its valid blocks. */
function timeCell({ side, figures }: LoadSide, name: string): Cell {
  const { operation, value } = timeOf(figures, name)
  const statistic = name.slice(operation.length + 1)
  return from(
    sourceOf.load(side.key),
    milliseconds(`load.${operation}.${statistic}.${side.key}`, value),
  )
}

function timeOf({ latency, achieved_rate }: LoadSide['figures'], name: string) {
  const { operation } = metricWords(name)
  const statistic = STATISTICS.find((known) => name === `${operation}.${known}`)
  if (statistic === undefined)
    return { operation, value: achieved_rate === null ? null : 1000 / achieved_rate }
  return { operation, value: latency.get(operation)?.[statistic] ?? null }
}

const WORDS: Readonly<Record<Exclude<BlockVerdict, 'a_faster' | 'b_faster'>, string>> = {
  equivalent: 'equivalent',
  inconclusive: 'inconclusive',
  not_measurable: 'not measurable',
}

/** Who is faster, or why nobody is called so. */
export function verdictCell({ a, b }: Pick<LoadPair, 'a' | 'b'>, verdict: BlockVerdict): Cell {
  if (verdict !== 'a_faster' && verdict !== 'b_faster') return text(WORDS[verdict])
  const { side, place } = verdict === 'a_faster' ? a : b
  return { ...text(`${side.label} faster`, place) }
}
