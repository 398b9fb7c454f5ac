import { type Link, link, type Prose } from '../../page/document.ts'
import { MOST_FAILED } from '../../results/objective.ts'
import { EMULATOR_WORDS, type Side } from '../../results/side.ts'
import { isUnsteady, unsteadyWords } from '../../results/steadiness.ts'
import {
  type BlockComparison,
  type BlockVerdict,
  blocksNeeded,
  smallestP,
} from '../../stats/compare-blocks.ts'
import { capital, count, percentage, percentText, probability, ratio } from '../format.ts'
import { recorded } from '../record-links.ts'
import { attribute, from, recordHref, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadPair, LoadSide } from './findings.ts'
import { floorFigure } from './noise-floor.ts'
import { loadWords, metricWords, plural } from './words.ts'

/** The comparison of the first pair with its uncertainty, in one sentence. */
export function loadHeadline(findings: LoadFindings): Prose {
  const [pair] = findings.pairs
  if (pair === undefined) return []
  const emulated = [pair.a.side, pair.b.side].some(({ emulator }) => emulator)
  const end = emulated ? `; ${EMULATOR_WORDS}.` : '.'
  if (findings.tooFew !== null) return ['No verdict: ', whyNone(findings, findings.tooFew), end]
  if (findings.self) return noiseFloor(findings, pair, end)
  return [...pairSentence(findings, pair), end]
}

/** The reason, linked to the first invalid run. */
function whyNone({ load }: LoadFindings, reason: string): string | Link {
  const place = load.slots.findIndex(({ result }) => !result.valid || result.partial)
  return place < 0 ? reason : link(reason, recordHref(`/load/slots/${place}`))
}

/** Further results of the blocks, a sentence each. */
export function loadPoints(findings: LoadFindings): Prose[] {
  if (findings.tooFew !== null) return [['The figures of the load below are inconclusive.']]
  const [, ...others] = findings.pairs
  const unsteady = unsteadyWords(findings.load.slots)
  return [
    ...others.map((pair): Prose => [...pairSentence(findings, pair), '.']),
    ...findings.pairs.map(tally),
    ...outOfReach(findings),
    ...(unsteady === null ? [] : [recorded(unsteady, unsteadyRuns(findings))]),
  ]
}

/** Links to the runs that began before a steady state. */
function unsteadyRuns({ load }: LoadFindings): string[] {
  return load.slots.flatMap(({ result }, place) =>
    result.valid && !result.partial && isUnsteady(result)
      ? [recordHref(`/load/slots/${place}`)]
      : [],
  )
}

/** The headline metric of a pair, without the full stop. */
function pairSentence({ load, rules }: LoadFindings, pair: LoadPair): Prose {
  const { headline, a, b } = pair
  const names = `${a.side.label} and ${b.side.label}`
  const where = capital(loadWords(load.spec))
  if (headline === null || headline.verdict === 'not_measurable')
    return [`${where}, ${names} cannot be compared: too few requests completed`]
  const { plural: what, at } = metricWords(headline.name)
  const { verdict } = headline
  if (verdict === 'a_faster' || verdict === 'b_faster') {
    const [ahead, behind] = verdict === 'a_faster' ? [a, b] : [b, a]
    const { times, interval } = ratioFigures(pair, headline, verdict === 'b_faster')
    return [
      `${where}, ${ahead.side.label} served ${what} `,
      ...times,
      ` times as fast as ${behind.side.label} ${at} (95 % confidence interval `,
      ...interval,
      ...(rules.noise === undefined
        ? [')']
        : ['), beyond the noise floor of ', floorFigure(rules, headline.name)]),
      ...failures(ahead),
    ]
  }
  const { times, interval } = ratioFigures(pair, headline, false)
  const figures: Prose = ['ratio ', ...times, ' (95 % confidence interval ', ...interval, ')']
  if (verdict === 'within_noise')
    return [
      `${where}, the difference between ${names} in ${what} ${at} is within the noise of an A/A run: `,
      ...figures,
      ', noise floor ',
      floorFigure(rules, headline.name),
    ]
  return verdict === 'equivalent'
    ? [
        `${where}, ${names} served ${what} equally fast ${at}: `,
        ...figures,
        `, within the equivalence margin of ${percentText(100 * rules.margin)}`,
      ]
    : [
        `${where}, it is inconclusive whether ${a.side.label} or ${b.side.label} serves ${what} faster ${at}: `,
        ...figures,
      ]
}

/** A caveat for a target with failures: times cover successes only, and rejecting work reduces the load. */
function failures({ side, figures }: LoadSide): Prose {
  const rate = figures.error_rate ?? 0
  if (rate <= MOST_FAILED) return []
  const share = percentage(`load.error_rate.${side.key}`, 100 * rate)
  return [
    ', counting successful requests only: ',
    ...attribute([share], sourceOf.load),
    ` of the requests to ${side.label} failed`,
  ]
}

/** A ratio and its confidence interval, inverted if B is the faster target. */
function ratioFigures(
  pair: Pick<LoadPair, 'key'>,
  { name, ratio: value, interval }: BlockComparison,
  turned: boolean,
): { readonly times: Prose; readonly interval: Prose } {
  const id = (what: string) => `${turned ? 'load_turned' : 'load'}.${name}.${what}.${pair.key}`
  const turn = (number: number | undefined) =>
    number === undefined ? null : turned ? 1 / number : number
  const [low, high] = turned ? [interval?.high, interval?.low] : [interval?.low, interval?.high]
  const sourced = (prose: Prose) => attribute(prose, sourceOf.load)
  return {
    times: sourced([ratio(id('ratio'), turn(value ?? undefined))]),
    interval:
      interval === null
        ? ['not available with so few blocks']
        : sourced([ratio(id('low'), turn(low)), ' to ', ratio(id('high'), turn(high))]),
  }
}

/** Noise by figure: that of a tail percentile differs from that of a median. */
function noiseFloor({ load }: LoadFindings, pair: LoadPair, end: string): Prose {
  const measured = pair.comparisons
    .filter(({ ratio: value }) => value !== null)
    .toSorted((one, other) => distance(other) - distance(one))
  const [widest] = measured
  const start = `Noise floor, ${pair.a.side.label} against ${pair.b.side.label} ${loadWords(load.spec)}: `
  if (widest === undefined) return [`${start}too few requests completed to measure it${end}`]
  const figure = (of: BlockComparison): Prose => {
    const { times, interval } = ratioFigures(pair, of, false)
    const { plural: what, at } = metricWords(of.name)
    return [...times, ` for ${what} ${at} (95 % confidence interval `, ...interval, ')']
  }
  const headline = measured.find((of) => of === pair.headline && of !== widest)
  return [
    start,
    ...(headline === undefined ? [] : ['the ratio is ', ...figure(headline), '; ']),
    `of ${plural(measured.length, 'ratio')}, the furthest from 1 is `,
    ...figure(widest),
    `. A ratio between two stores may be noise if it is no further from 1 than the outer limit of this interval${end}`,
  ]
}

function distance({ ratio: value }: BlockComparison): number {
  return Math.abs(Math.log(value ?? 1))
}

const TALLIED: readonly (readonly [BlockVerdict, (pair: LoadPair) => string])[] = [
  ['a_faster', ({ a }) => `${a.side.label} faster in`],
  ['b_faster', ({ b }) => `${b.side.label} faster in`],
  ['within_noise', () => 'within the noise of an A/A run in'],
  ['equivalent', () => 'equivalent in'],
  ['inconclusive', () => 'inconclusive in'],
  ['not_measurable', () => 'too few samples in'],
]

/** Number of figures by verdict, since the headline covers only one of them. */
function tally(pair: LoadPair): Prose {
  const { comparisons, a, b, key } = pair
  const figure = (what: string, value: number) =>
    from(sourceOf.load(key), count(`load.tally.${what}.${key}`, value))
  const parts = TALLIED.flatMap(([verdict, words]): Prose[] => {
    const found = comparisons.filter((comparison) => comparison.verdict === verdict).length
    return found === 0 ? [] : [[`${words(pair)} `, figure(verdict, found)]]
  })
  return [
    `${a.side.label} against ${b.side.label} under load, `,
    figure('all', comparisons.length),
    ' figures: ',
    ...parts.flatMap((part, place) => (place === 0 ? part : [', ', ...part])),
    '.',
  ]
}

/** Whether so few blocks can produce a significant difference at all, or one besides the headline's. */
function outOfReach({ valid, rules, pairs }: LoadFindings): Prose[] {
  // The family of tests: figures that were not measurable have no p-value.
  const tested = ({ comparisons }: LoadPair) => comparisons.filter(({ p }) => p !== null).length
  const figures = pairs.reduce((sum, pair) => sum + tested(pair), 0)
  const smallest = smallestP(valid.length, figures)
  const blocks = plural(valid.length, 'valid block')
  const needMore = (of: keyof typeof smallest, cannot: string): Prose => [
    `With ${blocks}, ${cannot}: the smallest possible p-value adjusted by Holm's method is `,
    probability(`load.smallest_p.${of}`, smallest[of]),
    `. At least ${blocksNeeded(of, figures, rules.alpha)} blocks are required.`,
  ]
  if (smallest.primary > rules.alpha)
    return [needMore('primary', 'no difference can be significant')]
  const differs = pairs.some(({ headline }) => (headline?.adjusted_p ?? 1) <= rules.alpha)
  const of = differs ? 'beside_primary' : 'others'
  const cannot = differs
    ? `no other of the ${figures} figures can differ significantly`
    : `no other of the ${figures} figures can differ significantly unless the headline's does`
  return smallest[of] > rules.alpha ? [needMore(of, cannot)] : []
}

/** How to read an A/A run. */
export function selfNote(sides: readonly Side[]): string {
  const [a, b] = sides
  return `${a?.label} and ${b?.label} are the same service. Every difference here is noise of this machine and method; a meaningful difference between two stores has to be larger.`
}
