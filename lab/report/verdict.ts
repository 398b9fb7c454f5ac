import { EMULATOR_WORDS, type Side } from '../compare/side.ts'
import { CONFIDENCE_PERCENT } from '../stats/paired-bootstrap.ts'
import { summarise } from '../stats/summarise.ts'
import { contest, type Latency, ratioOf } from './contest.ts'
import { count, milliseconds, percentage, ratio } from './format.ts'
import type { LoadFindings } from './load/findings.ts'
import { loadHeadline, loadPoints, selfNote } from './load/load-verdict.ts'
import type { Prose, Verdict } from './model.ts'
import type { Opponent } from './opponent.ts'
import type { CombinedConsistencyRecord } from './records.ts'
import { attribute, from, sourceOf } from './sources.ts'
import { freshReads, keptUpdates } from './verdict-consistency.ts'

/** What the run shows, in plain words and no further than it shows it: from the blocks, else from the quick look. */
export function verdict(
  opponents: readonly [Opponent, ...Opponent[]],
  consistency: readonly CombinedConsistencyRecord[],
  load: LoadFindings | null,
): Verdict {
  const [a, ...others] = opponents
  const sides = opponents.map(({ side }) => side)
  const quick = (prose: Prose) => attribute(prose, sourceOf.quickLook)
  const kept = [...keptUpdates(sides, consistency), ...freshReads(sides, consistency)].map(
    (prose) => attribute(prose, sourceOf.consistency),
  )
  if (load !== null)
    return {
      headline: loadHeadline(load),
      points: [
        ...(load.self ? [[selfNote(sides)]] : []),
        ...loadPoints(load),
        failuresUnderLoad(load),
        ...kept,
      ],
      warning: warning(sides),
    }
  return {
    headline: others.slice(0, 1).flatMap((b) => headline(a, b)),
    points: [
      ...others.map((b) => quick(medians(a, b))),
      quick(successes(opponents)),
      ...kept,
      [quickLook(a.run.all.length)],
    ],
    warning: warning(sides),
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
    return ['Every request under load succeeded, on every side.']
  return found
    .filter(({ failed }) => failed > 0)
    .flatMap(({ side, failed, all }): Prose => {
      const source = sourceOf.load(side.key)
      return [
        `On ${side.label}, `,
        from(source, count(`load.failed.${side.key}`, failed)),
        ' of ',
        from(source, count(`load.count.${side.key}`, all)),
        ' requests failed under load. ',
      ]
    })
}

/** The first pair over all operations, by the median; the average and P95 may only take away from it. */
function headline(a: Opponent, b: Opponent): Prose {
  const winnerOf = (statistic: Latency) => contest(a.run, b.run, statistic).winner
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
        : `${names} each led by some measure in this run`
    return [`${words}: ratio of the medians `, ...value, ...interval, end]
  }
  const [ahead, behind] = median === 'a' ? [a, b] : [b, a]
  const { ratio: value, interval } = medianRatio(a, b, median === 'b')
  return [
    `${ahead.side.label} answered `,
    ...value,
    ` times as fast as ${behind.side.label} in this run, at the median`,
    ...interval,
    ...(rest.includes(null) ? [', though not by every measure'] : []),
    end,
  ]
}

/** How many times as long the median of B is as that of A, or turned round, with its interval in brackets. */
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
            ` (${CONFIDENCE_PERCENT} % interval `,
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
    `${a.side.label} against ${b.side.label}: the median answer took `,
    milliseconds(`overall.p50.${a.side.key}`, result.a),
    ' and ',
    milliseconds(`overall.p50.${b.side.key}`, result.b),
  ]
  if (result.lessBy === null) return [...start, '; without an answer there is nothing to compare.']
  if (result.winner === null) return [...start, ', no clear difference.']
  const ahead = result.winner === 'a' ? a : b
  const margin = percentage(`overall.p50.margin.${pair}`, result.lessBy)
  return [...start, `; ${ahead.side.label} took `, margin, ' less time.']
}

function successes(opponents: readonly Opponent[]): Prose {
  const bad = opponents.filter(({ run }) => run.all.some((record) => !record.success))
  if (bad.length === 0) return ['Every measured operation succeeded, on every side.']
  const sentences = bad.flatMap(({ side, run }): Prose => {
    const { count: all, successes: good } = summarise(run.all)
    return [
      `On ${side.label}, `,
      count(`overall.failed.${side.key}`, all - good),
      ' of ',
      count(`overall.count.${side.key}`, all),
      ' operations failed. ',
    ]
  })
  return [...sentences, 'Times are those of the operations that succeeded.']
}

function quickLook(operations: number): string {
  return `This was one run of ${operations} operations per side, from a single client and with the sides taking turns: a quick look that catches gross differences, not a benchmark. It says nothing of behaviour under load, over time or on other machines.`
}

function warning(sides: readonly Side[]): string | null {
  const emulated = sides.filter((side) => side.emulator)
  if (emulated.length === 0) return null
  const what = emulated[0]?.database_version ?? null
  return `${what === null ? 'An emulator' : `${what}, an emulator,`} stood in for DynamoDB: its times are those of a program on this machine, without DynamoDB's network, durability and replication, and its eventual reads never lag. The run shows how one cart service behaves on both stores, not which database is faster. For figures to decide by, compare two deployments (see "Run it again").`
}
