import { driftOf } from '../../stats/drift.ts'
import { change, probability, ratio } from '../format.ts'
import type { Prose } from '../model.ts'
import { attribute, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadPair } from './findings.ts'
import { anchorOf } from './slot-table.ts'
import { timeIn } from './slot-time.ts'
import { metricWords } from './words.ts'

/** What is to be said of the blocks as a row: a trend through them, outlying ones, those left out. */
export function blockRemarks(findings: LoadFindings): Prose[] {
  return [...driftItems(findings), ...outlierItems(findings), ...leftOut(findings)]
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

function leftOut({ load, blocks, valid, pairs }: LoadFindings): Prose[] {
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
