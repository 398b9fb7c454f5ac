import {
  type Cell,
  type Content,
  columns,
  details,
  muted,
  note,
  paragraph,
  proseCell,
  type Row,
  type Section,
  seriesColumns,
  type Table,
  tabular,
  text,
} from '../../page/document.ts'
import { STATISTICS } from '../../results/block-metrics.ts'
import {
  type BlockComparison,
  type BlockVerdict,
  smallestRawP,
} from '../../stats/compare-blocks.ts'
import { signFlipWords } from '../../stats/sign-flip.ts'
import { milliseconds, NOTHING, percentText, probability, ratio } from '../format.ts'
import { attribute, from, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadPair, LoadSide } from './findings.ts'
import { floorFigure, noiseNote } from './noise-floor.ts'
import { pairForest } from './pair-forest.ts'
import { loadWords, metricWords, plural } from './words.ts'

/** The comparison by every figure: plots, response times and statistical tests. */
export function ratioSection(findings: LoadFindings): Section {
  const { pairs, rules, load, valid } = findings
  return {
    id: 'load',
    title: `Latency ${loadWords(load.spec)}`,
    short: 'Latency',
    chapter: 'Speed',
    contents: [
      paragraph(
        'P50 (the median), P95 and P99 are the times within which 50 %, 95 % and 99 % of the requests completed.',
      ),
      ...forests(findings),
      tabular(timesTable(findings)),
      details(
        'Ratios, confidence intervals, p-values and verdicts',
        ...pairs.map((pair) => tabular(testTable(findings, pair))),
        note(
          `p: two-sided p-value by ${signFlipWords(valid.length)} over the blocks, adjusted by Holm's method for all figures of all pairs; the headline's figure has half the weight. Faster: p at most ${rules.alpha} and a ratio outside the equivalence margin. Equivalent: the whole confidence interval inside the margin. Not measurable: too few requests in a block for this percentile; use longer runs (--duration).`,
        ),
        ...noiseNote(findings).map((words) => note(words)),
      ),
    ],
  }
}

/** A plot for every pair with a ratio. */
function forests({ pairs, rules, valid, tooFew, noise }: LoadFindings): Content[] {
  const drawn = pairs.filter(({ comparisons }) =>
    comparisons.some((comparison) => comparison.ratio !== null),
  )
  if (drawn.length === 0) return []
  const margin = percentText(100 * rules.margin)
  const emulated = ({ a, b }: LoadPair) => a.side.emulator || b.side.emulator
  const plots = (of: readonly LoadPair[]): Content[] => (of.length === 0 ? [] : [plotsOf(of)])
  const plotsOf = (of: readonly LoadPair[]): Content => ({
    kind: 'plots',
    about: `Each dot is the ratio of response times, second target to first: the median over ${plural(valid.length, 'block')}. The line is its 95 % confidence interval. The grey band is the equivalence margin (±${margin}), within which a difference does not matter. A filled dot is a verdict, in the colour of the faster target; a hollow dot is inconclusive${noise === null ? '' : ' or within the noise of an A/A run'}.`,
    legend: false,
    plots: of.map((pair) => ({
      title: titleOf(pair),
      draw: () => pairForest(pair, rules.margin, tooFew === null),
    })),
  })
  const [first, ...others] = plots(drawn.filter(emulated))
  return [
    ...plots(drawn.filter((pair) => !emulated(pair))),
    ...(first === undefined
      ? []
      : [details('Ratios to an emulator, which are not those of DynamoDB', first, ...others)]),
  ]
}

function titleOf({ a, b }: Pick<LoadPair, 'a' | 'b'>): string {
  return `${a.side.label} against ${b.side.label}`
}

/** Response times of all targets over all valid blocks. */
function timesTable({ sides, pairs }: LoadFindings): Table {
  const names = pairs[0]?.comparisons.map(({ name }) => name) ?? []
  return {
    id: 'times-table',
    caption: 'Response times',
    columns: [{ text: 'Figure' }, ...seriesColumns(sides.map(({ side }) => side))],
    rows: grouped(names, (name) => [
      text(metricWords(name).statistic),
      ...sides.map((side) => timeCell(side, name)),
    ]),
    notes: [
      'From the intended send time to the end of the response (no coordinated omission), over the merged histograms of all valid blocks.',
    ],
  }
}

/** The tests of every figure of a pair. */
function testTable(findings: LoadFindings, pair: LoadPair): Table {
  const { comparisons, key } = pair
  const byName = new Map(comparisons.map((comparison) => [comparison.name, comparison]))
  return {
    id: `ratios-${key.replace(':', '-')}`,
    caption: titleOf(pair),
    columns: [{ text: 'Figure' }, ...testColumns(findings)],
    rows: grouped([...byName.keys()], (name) => {
      const comparison = byName.get(name)
      const cells = comparison === undefined ? [] : testCells(findings, pair, comparison)
      return [text(metricWords(name).statistic), ...cells]
    }),
    notes: smallestNotes(pair),
  }
}

function testColumns({ noise }: LoadFindings) {
  return columns('#Ratio', '#95 % CI', '#p', ...(noise === null ? [] : ['#Noise floor']), 'Verdict')
}

/** Rows grouped by operation. */
function grouped(names: readonly string[], cellsOf: (name: string) => readonly Cell[]): Row[] {
  let last = ''
  return names.map((name) => {
    const { title } = metricWords(name)
    const first = title !== last
    last = title
    return { ...(first && { group: title }), cells: cellsOf(name) }
  })
}

/** Times and tests in one table without groups, for a terminal. */
export function summaryTable(
  findings: LoadFindings,
  pair: LoadPair,
): { readonly title: string; readonly table: Table } {
  const { a, b, comparisons, key } = pair
  const rows = comparisons.map((comparison): Row => {
    const { title, statistic } = metricWords(comparison.name)
    const times = [a, b].map((side) => timeCell(side, comparison.name))
    const name = text(`${title}, ${statistic}`)
    return { cells: [name, ...times, ...testCells(findings, pair, comparison)] }
  })
  const columns = [
    { text: 'Figure' },
    ...[a, b].map(({ side, place }) => ({ text: side.label, side: place, numeric: true })),
    ...testColumns(findings),
  ]
  return {
    title: titleOf(pair),
    table: {
      id: `summary-${key}`,
      caption: titleOf(pair),
      columns,
      rows,
      notes: [SUMMARY_NOTE, ...smallestNotes(pair), ...noiseNote(findings)],
    },
  }
}

/** Which p-values say no more than that all blocks agree. */
export function smallestNotes({ comparisons }: Pick<LoadPair, 'comparisons'>): string[] {
  const smallest = comparisons.filter(
    ({ p, ratios }) => p !== null && p <= smallestRawP(ratios.length) * (1 + 1e-9),
  )
  if (smallest.length === 0) return []
  const tested = comparisons.filter(({ p }) => p !== null)
  const names = smallest.map(({ name }) => {
    const { title, statistic } = metricWords(name)
    return `${title}, ${statistic}`
  })
  const which = smallest.length === tested.length ? 'every figure' : names.join('; ')
  return [
    `p is the smallest that so many blocks can give, because all of them agree: ${which}. It says nothing about the size of a difference.`,
  ]
}

const SUMMARY_NOTE =
  "Times cover all valid blocks. Ratio: second to first target, median over the blocks. CI: confidence interval. p: adjusted by Holm's method. Not measurable: too few requests in a block; use longer runs (--duration)."

function testCells(
  { tooFew, rules, noise }: LoadFindings,
  pair: LoadPair,
  comparison: BlockComparison,
): readonly Cell[] {
  const { key } = pair
  const { name, interval, adjusted_p } = comparison
  const source = sourceOf.load(key)
  const id = (what: string) => `load.${name}.${what}.${key}`
  const bounds =
    interval === null
      ? muted(NOTHING)
      : proseCell(
          attribute(
            [ratio(id('low'), interval.low), ' to ', ratio(id('high'), interval.high)],
            sourceOf.load,
          ),
        )
  return [
    from(source, ratio(id('ratio'), comparison.ratio)),
    bounds,
    from(source, probability(id('p'), adjusted_p)),
    ...(noise === null ? [] : [floorFigure(rules, name)]),
    tooFew === null ? verdictCell(pair, comparison.verdict) : text('no verdict'),
  ]
}

/** A figure of a target over all valid blocks. */
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
  within_noise: 'within the noise of an A/A run',
  equivalent: 'equivalent',
  inconclusive: 'inconclusive',
  not_measurable: 'not measurable',
}

/** The faster target, or why there is none. */
function verdictCell({ a, b }: Pick<LoadPair, 'a' | 'b'>, verdict: BlockVerdict): Cell {
  if (verdict !== 'a_faster' && verdict !== 'b_faster') return text(WORDS[verdict])
  const { side, place } = verdict === 'a_faster' ? a : b
  return { ...text(`${side.label} faster`, place) }
}
