import { items, note, type Prose, paragraph, type Section } from '../page/document.ts'
import type { CombinedConsistencyRecord } from '../results/records.ts'
import { EMULATOR_WORDS, type Side } from '../results/side.ts'
import { CONFIDENCE_PERCENT } from '../stats/paired-bootstrap.ts'
import { summarise } from '../stats/summarise.ts'
import { contest, type LatencyStatistic, ratioOf } from './contest.ts'
import { count, milliseconds, percentage, ratio } from './format.ts'
import type { Headline } from './model.ts'
import type { Opponent } from './opponent.ts'
import type { LoadFindings } from './performance/findings.ts'
import { loadHeadline, loadPoints, selfNote } from './performance/load-verdict.ts'
import { attribute, from, sourceOf } from './sources.ts'
import { freshReads, keptUpdates } from './verdict-consistency.ts'

/** The conclusions of the run: from the load if there is one, otherwise from the quick look. */
export function findingsOf(
  opponents: readonly [Opponent, ...Opponent[]],
  consistency: readonly CombinedConsistencyRecord[],
  load: LoadFindings | null,
): Findings {
  const [a, ...others] = opponents
  const sides = opponents.map(({ side }) => side)
  const quick = (prose: Prose) => attribute(prose, sourceOf.quickLook)
  const kept = [...keptUpdates(sides, consistency), ...freshReads(sides, consistency)].map(
    (prose) => attribute(prose, sourceOf.consistency),
  )
  const speed =
    load === null ? others.slice(0, 1).flatMap((b) => headline(a, b)) : loadHeadline(load)
  return {
    title: 'Verdict',
    speed,
    proven: [...kept, load === null ? quick(successes(opponents)) : failuresUnderLoad(load)],
    points:
      load === null
        ? [...others.map((b) => quick(medians(a, b))), [quickLook(a.run.all.length)]]
        : [...(load.self ? [[selfNote(sides)]] : []), ...loadPoints(load)],
    warning: warning(sides),
  }
}

/** The conclusions of the run, by subject. */
export interface Findings {
  readonly title: string
  /** The comparison of the times in one sentence. */
  readonly speed: Prose
  /** Whether operations were lost, doubled, stale or failed. */
  readonly proven: readonly Prose[]
  /** More about the times. */
  readonly points: readonly Prose[]
  /** Why the figures do not describe DynamoDB. */
  readonly warning: string | null
}

/** The first screen of a comparison that recommends no store. An emulator has no verdict on its speed in a headline. */
export function speedOpening(findings: Findings, sides: readonly Side[], self: boolean): Headline {
  const { speed, proven, points, warning: words, title } = findings
  const emulated = sides.filter(({ emulator }) => emulator).map(({ label }) => label)
  const silent = emulated.length > 0 && !self
  return {
    title,
    headline: silent
      ? [`No verdict on speed: ${emulated.join(' and ')} ran on an emulator.`]
      : speed,
    points: [...(silent ? [speed] : []), ...points, ...proven],
    warning: words,
    contents: [],
  }
}

/** The times of a comparison that recommends a store. */
export function speedSection({ speed, points, warning: words }: Findings): Section {
  return {
    id: 'speed',
    title: 'Speed in this run',
    short: 'Speed',
    chapter: 'Speed',
    contents: [paragraph(...speed), ...(words === null ? [] : [note(words)]), items(points)],
  }
}

function failuresUnderLoad({ load, sides }: LoadFindings): Prose {
  const found = sides.map(({ side }) => {
    const own = load.slots.filter((slot) => slot.side === side.key)
    const sum = (of: 'failed' | 'count') =>
      own.reduce((total, { result }) => total + result.overall[of], 0)
    return { side, failed: sum('failed'), all: sum('count') }
  })
  if (found.every(({ failed }) => failed === 0))
    return ['All requests under load succeeded on every target.']
  return found
    .filter(({ failed }) => failed > 0)
    .flatMap(({ side, failed, all }): Prose => {
      const source = sourceOf.load(side.key)
      return [
        `${side.label}: `,
        from(source, count(`load.failed.${side.key}`, failed)),
        ' of ',
        from(source, count(`load.count.${side.key}`, all)),
        ' requests failed under load. ',
      ]
    })
}

/** The first pair by the median over all operations, qualified by the average and P95. */
function headline(a: Opponent, b: Opponent): Prose {
  const winnerOf = (statistic: LatencyStatistic) => contest(a.run, b.run, statistic).winner
  const median = winnerOf('p50')
  const end = a.side.emulator || b.side.emulator ? `; ${EMULATOR_WORDS}.` : '.'
  const names = `${a.side.label} and ${b.side.label}`
  const silent = [a, b].filter(({ run }) => run.all.every(({ success }) => !success))
  if (silent.length > 0) {
    const who = silent.map(({ side }) => side.label).join(' and ')
    return [`Not comparable: no operation succeeded on ${who}${end}`]
  }
  const rest = [winnerOf('average'), winnerOf('p95')]
  const torn = rest.some((winner) => winner !== null && winner !== median)
  if (median === null || torn) {
    const { ratio: value, interval } = medianRatio(a, b, false)
    const words =
      median === null
        ? `No clear difference between ${names} in this run`
        : `Mixed result for ${names} in this run, depending on the metric`
    return [`${words}: ratio of the medians `, ...value, ...interval, end]
  }
  const [ahead, behind] = median === 'a' ? [a, b] : [b, a]
  const { ratio: value, interval } = medianRatio(a, b, median === 'b')
  return [
    `${ahead.side.label} was `,
    ...value,
    ` times as fast as ${behind.side.label} at the median in this run`,
    ...interval,
    ...(rest.includes(null) ? [', with no clear difference in some other metrics'] : []),
    end,
  ]
}

/** The ratio of the median of B to that of A, or its inverse, with its confidence interval in parentheses. */
function medianRatio(
  a: Opponent,
  b: Opponent,
  turned: boolean,
): { readonly ratio: Prose; readonly interval: Prose } {
  const [over, under] = turned ? [a, b] : [b, a]
  const { value, interval } = ratioOf(over.run, under.run, 'p50')
  const id = (what: string) =>
    `${turned ? 'quick_turned' : 'quick'}.p50.${what}.${a.side.key}:${b.side.key}`
  const sourced = (prose: Prose) => attribute(prose, sourceOf.quickLook)
  return {
    ratio: sourced([ratio(id('ratio'), value)]),
    interval:
      interval === null
        ? []
        : sourced([
            ` (${CONFIDENCE_PERCENT} % confidence interval `,
            ratio(id('low'), interval.low),
            ' to ',
            ratio(id('high'), interval.high),
            ')',
          ]),
  }
}

function medians(a: Opponent, b: Opponent): Prose {
  const result = contest(a.run, b.run, 'p50')
  const pair = `${a.side.key}:${b.side.key}`
  const start: Prose = [
    `Median response time of ${a.side.label} and ${b.side.label}: `,
    milliseconds(`overall.p50.${a.side.key}`, result.a),
    ' and ',
    milliseconds(`overall.p50.${b.side.key}`, result.b),
  ]
  if (result.lessBy === null) return [...start, '; nothing to compare.']
  if (result.winner === null) return [...start, '; no clear difference.']
  const ahead = result.winner === 'a' ? a : b
  const margin = percentage(`overall.p50.margin.${pair}`, result.lessBy)
  return [...start, `; ${ahead.side.label} took `, margin, ' less time.']
}

function successes(opponents: readonly Opponent[]): Prose {
  const bad = opponents.filter(({ run }) => run.all.some((record) => !record.success))
  if (bad.length === 0) return ['All measured operations succeeded on every target.']
  const sentences = bad.flatMap(({ side, run }): Prose => {
    const { count: all, successes: good } = summarise(run.all)
    return [
      `${side.label}: `,
      count(`overall.failed.${side.key}`, all - good),
      ' of ',
      count(`overall.count.${side.key}`, all),
      ' operations failed. ',
    ]
  })
  return [...sentences, 'Times cover successful operations only.']
}

function quickLook(operations: number): string {
  return `This was one run of ${operations} operations per target, from a single client that alternated between the targets: a quick look that finds large differences, not a benchmark. It does not show behaviour under load, over time or on other machines.`
}

function warning(sides: readonly Side[]): string | null {
  const emulated = sides.filter((side) => side.emulator)
  if (emulated.length === 0) return null
  const what = emulated[0]?.database_version ?? null
  return `${what === null ? 'An emulator' : `${what}, an emulator,`} replaced DynamoDB. Its times are those of a local process without DynamoDB's network, durability and replication, and its eventual reads are never stale. The run shows how the cart service behaves on both stores, not which database is faster. For latencies you can base a decision on, compare two deployments (see "Reproduce this run").`
}
