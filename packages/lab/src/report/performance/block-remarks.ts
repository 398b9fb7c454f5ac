import { link, type Prose } from '../../page/document.ts'
import { driftOf } from '../../stats/drift.ts'
import { change, probability, ratio } from '../format.ts'
import { attribute, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadPair } from './findings.ts'
import { anchorOf } from './slot-table.ts'
import { timeIn } from './slot-time.ts'
import { metricWords } from './words.ts'

/** Remarks on the sequence of blocks: drift, outliers, excluded blocks. */
export function blockRemarks(findings: LoadFindings): Prose[] {
  return [...driftItems(findings), ...outlierItems(findings), ...leftOut(findings)]
}

/** p-value up to which drift counts as significant. */
const TREND = 0.05

/** Drift of the headline's figure on each target from the first block to the last. */
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
      ' (p\u00a0=\u00a0',
      probability(`load.${name}.drift_p.${key}`, p),
      `${p <= TREND ? ', significant' : ', not significant'})`,
    ],
  )
  const steady = found.every(({ p }) => p > TREND)
  return [
    [
      `Drift of ${what} ${at} from the first block to the last: `,
      ...attribute(sides, sourceOf.load),
      steady
        ? '.'
        : '. The run was not in a steady state. Drift common to all targets cancels out, because they are compared within blocks.',
    ],
  ]
}

function outlierItems({ pairs, valid }: LoadFindings): Prose[] {
  const all = pairs.flatMap(({ comparisons }) =>
    comparisons.flatMap(({ outliers }) => outliers.map((place) => valid[place] ?? 0)),
  )
  const blocks = [...new Set(all)].sort((x, y) => x - y)
  if (blocks.length === 0) return []
  return [['Outlier blocks (included): ', ...listed(blocks), '.']]
}

function leftOut({ load, blocks, valid, pairs }: LoadFindings): Prose[] {
  const left = blocks.filter((block) => !valid.includes(block))
  if (left.length === 0) return []
  const reasons = load.slots
    .filter(({ block }) => left.includes(block))
    .flatMap(({ result }) => (result.partial ? ['cut off'] : result.invalid_because))
  const why = [...new Set(reasons)].slice(0, 3).join('; ') || 'not every target was measured'
  return [['Excluded blocks: ', ...listed(left), ` (${why}).`], ...pairs.flatMap(withExcluded)]
}

/** Block numbers, each linked to its runs. */
function listed(blocks: readonly number[]): Prose {
  return blocks.flatMap(
    (block, place): Prose => [
      place === 0 ? '' : ', ',
      link(String(block + 1), `#${anchorOf(block)}`),
    ],
  )
}

/** The effect of the exclusion: the headline's ratio with and without the excluded blocks. */
function withExcluded({ a, b, key, headline, headlineOfAll }: LoadPair): Prose[] {
  if (headline === null || headline.ratio === null || headlineOfAll === null) return []
  const { plural: what, at } = metricWords(headline.name)
  return [
    [
      `With the excluded blocks, the ratio of ${what} ${at} (${b.side.label} / ${a.side.label}) would be `,
      ...attribute([ratio(`load.counting_all.ratio.${key}`, headlineOfAll)], sourceOf.load),
      ' instead of ',
      ...attribute([ratio(`load.${headline.name}.ratio.${key}`, headline.ratio)], sourceOf.load),
      '.',
    ],
  ]
}
