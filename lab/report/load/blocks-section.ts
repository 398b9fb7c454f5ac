import { isUnsteady } from '../../blocks/steadiness.ts'
import type { LoadResult } from '../../load/load-result.ts'
import { driftOf } from '../../stats/drift.ts'
import { change, milliseconds, probability, ratio } from '../format.ts'
import { type Cell, type Prose, type Row, type Section, type Table, text } from '../model.ts'
import { type BlockDots, blocksPlot } from '../plots/blocks-plot.ts'
import { attribute, recordCell, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadPair, LoadSide } from './findings.ts'
import { metricWords, plural } from './words.ts'

/** Every block by itself: the evidence that the ratios are made of. */
export function blocksSection(findings: LoadFindings): Section {
  const names = shownMetrics(findings)
  return {
    id: 'blocks',
    title: 'Block by block',
    contents: [
      {
        kind: 'prose',
        prose: [
          'A block is one run of each side, close together and under the same schedule; the line joins the two. It is the unit of the statistics: what disturbs a block disturbs thousands of requests at once. Outlying blocks have a triangle above them and count like any other; invalid ones, in which the generator was the bottleneck, have a cross and are left out.',
        ],
      },
      {
        kind: 'plots',
        legend: true,
        plots: findings.pairs.flatMap((pair) =>
          names.map((name) => {
            const { title, statistic } = metricWords(name)
            const against =
              findings.pairs.length === 1
                ? ''
                : `, ${pair.a.side.label} against ${pair.b.side.label}`
            return {
              title: `${title}, ${statistic}${against}`,
              draw: () => blocksPlot(name, pair, dotsOf(findings, pair, name)),
            }
          }),
        ),
      },
      {
        kind: 'list',
        items: [...driftItems(findings), ...outlierItems(findings), ...invalid(findings)],
      },
      {
        kind: 'details',
        summary: 'Every run of every block',
        contents: [{ kind: 'table', table: slotTable(findings) }],
      },
    ],
  }
}

/** The headline's figure, and the tail of all requests together where there are enough of them. */
function shownMetrics({ pairs }: LoadFindings): string[] {
  const [pair] = pairs
  const tail = ['overall.p99', 'overall.p95'].find((name) =>
    pair?.comparisons.some((c) => c.name === name && c.ratio !== null),
  )
  return [...new Set([pair?.headline?.name, tail].filter((name) => name !== undefined))]
}

function dotsOf(findings: LoadFindings, pair: LoadPair, name: string): BlockDots[] {
  const { outliers = [] } = pair.comparisons.find((c) => c.name === name) ?? {}
  const outlying = new Set(outliers.map((place) => findings.valid[place]))
  const valid = new Set(findings.valid)
  return findings.blocks.map((block) => ({
    block,
    a: timeIn(findings, pair.a, block, name),
    b: timeIn(findings, pair.b, block, name),
    valid: valid.has(block),
    outlying: outlying.has(block),
  }))
}

function timeIn(
  { load }: LoadFindings,
  { side }: LoadSide,
  block: number,
  name: string,
): number | null {
  const slot = load.slots.find((one) => one.block === block && one.side === side.key)
  return slot === undefined ? null : slotTime(slot.result, name)
}

function slotTime(result: LoadResult, name: string): number | null {
  const [group, statistic] = name.split('.')
  const times =
    group === 'overall'
      ? result.overall.response_time
      : result.operations.find(({ operation }) => operation === group)?.response_time
  if (statistic !== 'p50' && statistic !== 'p95' && statistic !== 'p99') return null
  return times?.[statistic] ?? null
}

/** Below which a trend is told as one. */
const TREND = 0.05

/** How the headline's figure of each side moved from the first block to the last. */
function driftItems(findings: LoadFindings): Prose[] {
  const name = findings.pairs[0]?.headline?.name
  if (name === undefined) return []
  const { plural: what, at } = metricWords(name)
  return findings.sides.flatMap((of): Prose[] => {
    const values = findings.valid.map((block) => timeIn(findings, of, block, name))
    const known = values.filter((value) => value !== null)
    const drift = known.length < values.length ? null : driftOf(known)
    if (drift === null) return []
    const { key, label } = of.side
    const figures = attribute(
      [
        change(`load.${name}.drift.${key}`, 100 * drift.change),
        ' from the first block to the last (p ',
        probability(`load.${name}.drift_p.${key}`, drift.p),
        ', Mann-Kendall)',
      ],
      sourceOf.load,
    )
    const start = `Drift: ${what} of ${label} ${at} moved by `
    return drift.p <= TREND
      ? [
          [
            start,
            ...figures,
            '. The run was not steady; blocks are compared in pairs, which takes a common drift away.',
          ],
        ]
      : [[start, ...figures, ', no trend.']]
  })
}

function outlierItems({ pairs, valid }: LoadFindings): Prose[] {
  return pairs.flatMap(({ a, b, comparisons }) => {
    const all = comparisons.flatMap(({ outliers }) => outliers.map((place) => valid[place] ?? 0))
    const blocks = [...new Set(all)].sort((x, y) => x - y)
    if (blocks.length === 0) return []
    const shown = blocks.map((block) => block + 1).join(', ')
    return [
      [
        `${a.side.label} against ${b.side.label}: outlying by some figure, and counted: block ${shown}.`,
      ],
    ]
  })
}

function invalid({ load, blocks, valid, pairs }: LoadFindings): Prose[] {
  const left = blocks.filter((block) => !valid.includes(block))
  if (left.length === 0) return []
  const reasons = load.slots
    .filter(({ block }) => left.includes(block))
    .flatMap(({ result }) => (result.partial ? ['cut off'] : result.invalid_because))
  return [
    [
      `${plural(left.length, 'block')} of ${blocks.length} left out: ${[...new Set(reasons)].slice(0, 3).join('; ') || 'not every side was measured'}.`,
    ],
    ...pairs.flatMap(countedToo),
  ]
}

/** Whether leaving blocks out decided: the headline's ratio with them and without. */
function countedToo({ a, b, key, headline, headlineOfAll }: LoadPair): Prose[] {
  if (headline === null || headline.ratio === null || headlineOfAll === null) return []
  const { plural: what, at } = metricWords(headline.name)
  return [
    [
      `If they counted, too, the ratio of ${what} ${at} (${b.side.label} by ${a.side.label}) would be `,
      ...attribute([ratio(`load.counting_all.ratio.${key}`, headlineOfAll)], sourceOf.load),
      ' in place of ',
      ...attribute([ratio(`load.${headline.name}.ratio.${key}`, headline.ratio)], sourceOf.load),
      '.',
    ],
  ]
}

/** A row for every run, with its record. */
function slotTable({ load, sides, valid }: LoadFindings): Table {
  const placeOf = new Map(sides.map(({ side, place }) => [side.key, { label: side.label, place }]))
  let last = -1
  return {
    id: 'slots',
    caption: 'All operations together, run by run in the order in which they ran',
    columns: [
      { text: 'Side' },
      { text: 'P50', numeric: true },
      { text: 'P99', numeric: true },
      { text: 'Answered a second', numeric: true },
      { text: 'Failed', numeric: true },
      { text: 'Valid' },
      { text: 'Record' },
    ],
    rows: load.slots.map(({ block, side, result }, index): Row => {
      const { label = side, place } = placeOf.get(side) ?? {}
      const first = block !== last
      last = block
      const failed = result.overall.failed
      const cells: Cell[] = [
        text(label, place),
        milliseconds(`slot.p50.${index}`, result.overall.response_time.p50),
        milliseconds(`slot.p99.${index}`, result.overall.response_time.p99),
        ratio(`slot.achieved.${index}`, result.achieved_rate),
        {
          kind: 'figure',
          id: `slot.failed.${index}`,
          value: failed,
          text: String(failed),
        },
        text(validity(result, valid.includes(block))),
        recordCell(`/load/slots/${index}`),
      ]
      return { ...(first && { group: `Block ${block + 1}, seed ${result.spec.seed}` }), cells }
    }),
    notes: [],
  }
}

function validity(result: LoadResult, counted: boolean): string {
  const { partial, invalid_because } = result
  if (partial) return 'cut off'
  if (invalid_because.length > 0) return invalid_because.join('; ')
  const words = counted ? 'yes' : 'yes, but its block is not'
  return isUnsteady(result) ? `${words}; not steady before` : words
}
