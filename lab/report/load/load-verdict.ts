import { isUnsteady, unsteadyWords } from '../../blocks/steadiness.ts'
import { MOST_FAILED } from '../../capacity/objective.ts'
import { EMULATOR_WORDS, type Side } from '../../compare/side.ts'
import {
  type BlockComparison,
  type BlockVerdict,
  blocksNeeded,
  smallestP,
} from '../../stats/compare-blocks.ts'
import { capital, count, percentage, percentText, probability, ratio } from '../format.ts'
import type { Link, Prose } from '../model.ts'
import { recorded } from '../record-links.ts'
import { attribute, from, recordHref, sourceOf } from '../sources.ts'
import type { LoadFindings, LoadPair, LoadSide } from './findings.ts'
import { loadWords, metricWords, plural } from './words.ts'

/** The first pair in one sentence, with its uncertainty and no further than the blocks go. */
export function loadHeadline(findings: LoadFindings): Prose {
  const [pair] = findings.pairs
  if (pair === undefined) return []
  const emulated = [pair.a.side, pair.b.side].some(({ emulator }) => emulator)
  const end = emulated ? `; ${EMULATOR_WORDS}.` : '.'
  if (findings.tooFew !== null) return ['No verdict: ', whyNone(findings, findings.tooFew), end]
  if (findings.self) return noiseFloor(findings, pair, end)
  return [...pairSentence(findings, pair), end]
}

/** Why there is none, leading to the first run that makes a block invalid. */
function whyNone({ load }: LoadFindings, reason: string): string | Link {
  const place = load.slots.findIndex(({ result }) => !result.valid || result.partial)
  return place < 0
    ? reason
    : { kind: 'link', text: reason, href: recordHref(`/load/slots/${place}`) }
}

/** What else the blocks show, a sentence each. */
export function loadPoints(findings: LoadFindings): Prose[] {
  if (findings.tooFew !== null)
    return [['Figures of the load are shown below, but nothing may be concluded from them.']]
  const [, ...others] = findings.pairs
  const unsteady = unsteadyWords(findings.load.slots)
  return [
    ...others.map((pair): Prose => [...pairSentence(findings, pair), '.']),
    ...findings.pairs.map(tally),
    ...outOfReach(findings),
    ...(unsteady === null ? [] : [recorded(unsteady, unsteadyRuns(findings))]),
  ]
}

/** The runs that began unsteady, as records. */
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
    return [`${where}, ${names} cannot be compared: too few requests were answered`]
  const { plural: what, at } = metricWords(headline.name)
  const { verdict } = headline
  if (verdict === 'a_faster' || verdict === 'b_faster') {
    const [ahead, behind] = verdict === 'a_faster' ? [a, b] : [b, a]
    const { times, interval } = ratioFigures(pair, headline, verdict === 'b_faster')
    return [
      `${where}, ${ahead.side.label} answered ${what} `,
      ...times,
      ` times as fast as ${behind.side.label} ${at} (95 % interval `,
      ...interval,
      ')',
      ...failures(ahead),
    ]
  }
  const { times, interval } = ratioFigures(pair, headline, false)
  const figures: Prose = ['ratio ', ...times, ' (95 % interval ', ...interval, ')']
  return verdict === 'equivalent'
    ? [
        `${where}, ${names} answered ${what} equally fast ${at}: `,
        ...figures,
        `, within the margin of ${percentText(100 * rules.margin)}`,
      ]
    : [
        `${where}, it is open whether ${a.side.label} or ${b.side.label} answers ${what} faster ${at}: `,
        ...figures,
      ]
}

/** What takes from a side's speed: times are of successes, and one that refuses work has less of it to do. */
function failures({ side, figures }: LoadSide): Prose {
  const rate = figures.error_rate ?? 0
  if (rate <= MOST_FAILED) return []
  const share = percentage(`load.error_rate.${side.key}`, 100 * rate)
  return [
    ', of the requests that succeeded: ',
    ...attribute([share], sourceOf.load),
    ` of those to ${side.label} failed`,
  ]
}

/** A ratio and its interval, upside down where B is the faster one. */
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
        ? ['none of so few blocks']
        : sourced([ratio(id('low'), turn(low)), ' to ', ratio(id('high'), turn(high))]),
  }
}

/** Each figure has a noise of its own: a tail's says nothing of a median's. */
function noiseFloor({ load }: LoadFindings, pair: LoadPair, end: string): Prose {
  const told = pair.comparisons
    .filter(({ ratio: value }) => value !== null)
    .toSorted((one, other) => distance(other) - distance(one))
  const [widest] = told
  const start = `The noise floor, ${pair.a.side.label.replace(/ A$/, '')} against itself ${loadWords(load.spec)}: `
  if (widest === undefined) return [`${start}too few requests were answered to tell it${end}`]
  const figure = (of: BlockComparison): Prose => {
    const { times, interval } = ratioFigures(pair, of, false)
    const { plural: what, at } = metricWords(of.name)
    return [...times, ` for ${what} ${at} (95 % interval `, ...interval, ')']
  }
  const headline = told.find((of) => of === pair.headline && of !== widest)
  return [
    start,
    ...(headline === undefined ? [] : ['the ratio is ', ...figure(headline), ', and ']),
    `the widest of ${plural(told.length, 'ratio')} is `,
    ...figure(widest),
    `; between two stores, a ratio that is no further from 1, either way, than the further end of a figure's interval may be noise${end}`,
  ]
}

function distance({ ratio: value }: BlockComparison): number {
  return Math.abs(Math.log(value ?? 1))
}

const TALLIED: readonly (readonly [BlockVerdict, (pair: LoadPair) => string])[] = [
  ['a_faster', ({ a }) => `${a.side.label} was faster in`],
  ['b_faster', ({ b }) => `${b.side.label} was faster in`],
  ['equivalent', () => 'they were equivalent in'],
  ['inconclusive', () => 'it is open in'],
  ['not_measurable', () => 'too few requests were made in'],
]

/** How all metrics of a pair came out, so that the headline does not stand for more than itself. */
function tally(pair: LoadPair): Prose {
  const { comparisons, a, b, key } = pair
  const figure = (what: string, value: number) =>
    from(sourceOf.load(key), count(`load.tally.${what}.${key}`, value))
  const parts = TALLIED.flatMap(([verdict, words]): Prose => {
    const found = comparisons.filter((comparison) => comparison.verdict === verdict).length
    return found === 0 ? [] : [`, ${words(pair)} `, figure(verdict, found)]
  })
  return [
    `${a.side.label} against ${b.side.label}: of `,
    figure('all', comparisons.length),
    ' figures under load',
    ...parts,
    '.',
  ]
}

/** Whether so few blocks could have shown a difference at all, or one beside the headline's. */
function outOfReach({ valid, rules, pairs }: LoadFindings): Prose[] {
  // Those that the correction is over: what was not measurable has no p-value.
  const tested = ({ comparisons }: LoadPair) => comparisons.filter(({ p }) => p !== null).length
  const figures = pairs.reduce((sum, pair) => sum + tested(pair), 0)
  const smallest = smallestP(valid.length, figures)
  const blocks = plural(valid.length, 'valid block')
  const tell = (of: keyof typeof smallest, cannot: string): Prose => [
    `${blocks} cannot show ${cannot}: the smallest possible p-value after Holm's correction is `,
    probability(`load.smallest_p.${of}`, smallest[of]),
    `. At least ${blocksNeeded(of, figures, rules.alpha)} blocks are needed.`,
  ]
  if (smallest.primary > rules.alpha) return [tell('primary', 'that any figure differs')]
  const differs = pairs.some(({ headline }) => (headline?.adjusted_p ?? 1) <= rules.alpha)
  const of = differs ? 'beside_primary' : 'others'
  const where = differs ? "beside the headline's" : "where the headline's does not"
  return smallest[of] > rules.alpha
    ? [tell(of, `that one of ${figures} figures differs ${where}`)]
    : []
}

/** What a reader must be told of an A/A run before anything else. */
export function selfNote(sides: readonly Side[]): string {
  const [a] = sides
  return `Both sides are the same service (${a?.label.replace(/ A$/, '') ?? ''}), measured as if they were two. Every difference here is noise of this machine and of this method: a difference between two stores has to be larger to mean anything.`
}
