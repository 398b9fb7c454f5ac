import { isUnsteady } from '../../blocks/steadiness.ts'
import type { LoadResult } from '../../load/load-result.ts'
import { driftOf } from '../../stats/drift.ts'
import { change, milliseconds, probability, ratio } from '../format.ts'
import { type Cell, type Prose, type Row, type Section, type Table, text } from '../model.ts'
import { type BlockDots, blocksPlot } from '../plots/blocks-plot.ts'
import { attribute, recordCell, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadPair, LoadSide } from './findings.ts'
import { metricWords } from './words.ts'

/** Every block by itself: the evidence that the ratios are made of. */
export function blocksSection(findings: LoadFindings): Section {
  const names = shownMetrics(findings)
  return {
    id: 'blocks',
    title: 'Block by block',
    chapter: 'Speed',
    contents: [
      {
        kind: 'prose',
        prose: [
          'A block is one run of every side, close together and with the same requests. Whatever disturbs a block disturbs thousands of requests at once, so the block is what the statistics count.',
        ],
      },
      {
        kind: 'plots',
        about:
          'A line joins the dots of a block. A triangle is over outlying blocks, which count like any other; a cross over invalid ones, in which the load generator was the bottleneck and which are left out.',
        legend: true,
        plots: names.map((name) => {
          const { title, statistic } = metricWords(name)
          return {
            title: `${title}, ${statistic}`,
            draw: () => blocksPlot(name, findings.sides, dotsOf(findings, name)),
          }
        }),
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

/** A block is outlying when it is in any pair. */
function dotsOf(findings: LoadFindings, name: string): BlockDots[] {
  const { pairs, sides, blocks } = findings
  const outlying = new Set(
    pairs.flatMap(({ comparisons }) => {
      const { outliers = [] } = comparisons.find((c) => c.name === name) ?? {}
      return outliers.map((place) => findings.valid[place])
    }),
  )
  const valid = new Set(findings.valid)
  return blocks.map((block) => ({
    block,
    times: sides.map((side) => timeIn(findings, side, block, name)),
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
  const found = findings.sides.flatMap((of) => {
    const values = findings.valid.map((block) => timeIn(findings, of, block, name))
    const known = values.filter((value) => value !== null)
    const drift = known.length < values.length ? null : driftOf(known)
    return drift === null ? [] : [{ ...of.side, ...drift }]
  })
  if (found.length === 0) return []
  const sides = found.flatMap(
    ({ key, label, change: moved, p }, place): Prose => [
      `${place === 0 ? '' : '; '}${label} `,
      change(`load.${name}.drift.${key}`, 100 * moved),
      ' (p ',
      probability(`load.${name}.drift_p.${key}`, p),
      `${p <= TREND ? ', a trend' : ', no trend'})`,
    ],
  )
  const steady = found.every(({ p }) => p > TREND)
  return [
    [
      `From the first block to the last, ${what} moved ${at} by: `,
      ...attribute(sides, sourceOf.load),
      steady
        ? '.'
        : '. The run was not steady; sides are compared within blocks, which takes away a drift that they share.',
    ],
  ]
}

function outlierItems({ pairs, valid }: LoadFindings): Prose[] {
  const all = pairs.flatMap(({ comparisons }) =>
    comparisons.flatMap(({ outliers }) => outliers.map((place) => valid[place] ?? 0)),
  )
  const blocks = [...new Set(all)].sort((x, y) => x - y)
  if (blocks.length === 0) return []
  return [['Outlying by some figure, and counted: block ', ...listed(blocks), '.']]
}

function invalid({ load, blocks, valid, pairs }: LoadFindings): Prose[] {
  const left = blocks.filter((block) => !valid.includes(block))
  if (left.length === 0) return []
  const reasons = load.slots
    .filter(({ block }) => left.includes(block))
    .flatMap(({ result }) => (result.partial ? ['cut off'] : result.invalid_because))
  const why = [...new Set(reasons)].slice(0, 3).join('; ') || 'not every side was measured'
  return [['Left out: block ', ...listed(left), ` (${why}).`], ...pairs.flatMap(countedToo)]
}

/** Numbers of blocks, each leading to its runs. */
function listed(blocks: readonly number[]): Prose {
  return blocks.flatMap(
    (block, place): Prose => [
      place === 0 ? '' : ', ',
      { kind: 'link', text: String(block + 1), href: `#${anchorOf(block)}` },
    ],
  )
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

function anchorOf(block: number): string {
  return `block-${block + 1}`
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
      const group = `Block ${block + 1}, seed ${result.spec.seed}`
      return { ...(first && { group, id: anchorOf(block) }), cells }
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
