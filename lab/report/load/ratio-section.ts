import { STATISTICS } from '../../blocks/metrics.ts'
import type { BlockComparison, BlockVerdict } from '../../stats/compare-blocks.ts'
import { signFlipWords } from '../../stats/sign-flip.ts'
import { milliseconds, percentText, probability, ratio } from '../format.ts'
import {
  type Cell,
  type Content,
  proseCell,
  type Row,
  type Section,
  type Table,
  text,
} from '../model.ts'
import { attribute, from, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadPair, LoadSide } from './findings.ts'
import { pairForest } from './pair-forest.ts'
import { loadWords, metricWords, plural } from './words.ts'

/** How much faster one side is, by every figure: drawn, and as tables of the times and of the tests. */
export function ratioSection(findings: LoadFindings): Section {
  const { pairs, rules, load, valid } = findings
  return {
    id: 'load',
    title: `How fast, ${loadWords(load.spec)}`,
    short: 'How fast',
    chapter: 'Speed',
    contents: [
      {
        kind: 'prose',
        prose: [
          'P50 is the time that half of the requests stayed below, P95 that of 95 in 100, P99 of 99 in 100.',
        ],
      },
      ...forests(findings),
      { kind: 'table', table: timesTable(findings) },
      {
        kind: 'details',
        summary: 'Ratios, intervals, p-values and verdicts as tables',
        contents: [
          ...pairs.map((pair) => ({ kind: 'table' as const, table: testTable(findings, pair) })),
          {
            kind: 'note',
            text: `p: the chance of a ratio at least this far from 1 if the sides did not differ, by ${signFlipWords(valid.length)} over the blocks, raised by Holm's correction for all figures of all pairs, in which the headline's has half the weight. Faster: p at most ${rules.alpha}, and a ratio outside the band. Equivalent: the whole interval inside it. Not measurable: some block had too few requests for the percentile; longer runs (--duration) make more.`,
          },
        ],
      },
    ],
  }
}

/** A picture of every pair of which something can be compared. */
function forests({ pairs, rules, valid, tooFew }: LoadFindings): Content[] {
  const drawn = pairs.filter(({ comparisons }) =>
    comparisons.some((comparison) => comparison.ratio !== null),
  )
  if (drawn.length === 0) return []
  const margin = percentText(100 * rules.margin)
  return [
    {
      kind: 'plots',
      about: `Each dot is a ratio of times: how long the second side took for every millisecond of the first, the median of ${plural(valid.length, 'block')}. The line is its 95 % interval: a range that holds the true ratio in 95 of 100 such comparisons. Inside the grey band (${margin} either way) a difference does not matter. A filled dot in a side's colour is a verdict; a hollow one is not.`,
      legend: false,
      plots: drawn.map((pair) => ({
        title: titleOf(pair),
        draw: () => pairForest(pair, rules.margin, tooFew === null),
      })),
    },
  ]
}

function titleOf({ a, b }: Pick<LoadPair, 'a' | 'b'>): string {
  return `${a.side.label} against ${b.side.label}`
}

/** The times of all sides, all valid blocks together. */
function timesTable({ sides, pairs }: LoadFindings): Table {
  const names = pairs[0]?.comparisons.map(({ name }) => name) ?? []
  return {
    id: 'times-table',
    caption: 'Response times',
    columns: [
      { text: 'Figure' },
      ...sides.map(({ side, place }) => ({ text: side.label, side: place, numeric: true })),
    ],
    rows: grouped(names, (name) => [
      text(metricWords(name).statistic),
      ...sides.map((side) => timeCell(side, name)),
    ]),
    notes: [
      'From the moment a request was due to the whole answer; all valid blocks together, their histograms merged.',
    ],
  }
}

/** What the blocks say of every figure of a pair: ratio, interval, p, verdict. */
function testTable(findings: LoadFindings, pair: LoadPair): Table {
  const { comparisons, key } = pair
  const byName = new Map(comparisons.map((comparison) => [comparison.name, comparison]))
  return {
    id: `ratios-${key.replace(':', '-')}`,
    caption: titleOf(pair),
    columns: [{ text: 'Figure' }, ...TESTED],
    rows: grouped([...byName.keys()], (name) => {
      const comparison = byName.get(name)
      const cells = comparison === undefined ? [] : testCells(findings, pair, comparison)
      return [text(metricWords(name).statistic), ...cells]
    }),
    notes: [],
  }
}

const TESTED = [
  { text: 'Ratio', numeric: true },
  { text: '95 % interval', numeric: true },
  { text: 'p', numeric: true },
  { text: 'Verdict' },
] as const

/** Rows of one operation under a heading. */
function grouped(names: readonly string[], cellsOf: (name: string) => readonly Cell[]): Row[] {
  let last = ''
  return names.map((name) => {
    const { title } = metricWords(name)
    const first = title !== last
    last = title
    return { ...(first && { group: title }), cells: cellsOf(name) }
  })
}

/** Both in one table for a terminal, which has no room for groups. */
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
    ...TESTED,
  ]
  return {
    title: titleOf(pair),
    table: { id: `summary-${key}`, caption: titleOf(pair), columns, rows, notes: [SUMMARY_NOTE] },
  }
}

const SUMMARY_NOTE =
  'Times are of all valid blocks together. Ratio: the second by the first in each block, the median of these. p: corrected for the number of figures. Not measurable: too few requests in some block; longer runs (--duration) make more.'

function testCells(
  { tooFew }: LoadFindings,
  pair: LoadPair,
  comparison: BlockComparison,
): readonly Cell[] {
  const { key } = pair
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
function verdictCell({ a, b }: Pick<LoadPair, 'a' | 'b'>, verdict: BlockVerdict): Cell {
  if (verdict !== 'a_faster' && verdict !== 'b_faster') return text(WORDS[verdict])
  const { side, place } = verdict === 'a_faster' ? a : b
  return { ...text(`${side.label} faster`, place) }
}
