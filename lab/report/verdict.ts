import { EMULATOR_WORDS, type Side } from '../compare/side.ts'
import { summarise } from '../stats/summarise.ts'
import { contest, type Latency } from './contest.ts'
import { count, milliseconds, percentage } from './format.ts'
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
    headline: others.slice(0, 1).map((b) => headline(a, b)),
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
function headline(a: Opponent, b: Opponent): string {
  const winnerOf = (statistic: Latency) => contest(a.run, b.run, statistic).winner
  const median = winnerOf('p50')
  const words = a.side.emulator || b.side.emulator ? ` (${EMULATOR_WORDS})` : ''
  const names = `${a.side.label} and ${b.side.label}`
  const silent = [a, b].filter(({ run }) => run.all.every(({ success }) => !success))
  if (silent.length > 0) {
    const who = silent.map(({ side }) => side.label).join(' and ')
    return `Not comparable: no operation succeeded on ${who}${words}.`
  }
  if (median === null) return `No clear difference between ${names} in this run${words}.`
  const rest = [winnerOf('average'), winnerOf('p95')]
  if (rest.some((winner) => winner !== null && winner !== median))
    return `${names} each led by some measure in this run${words}.`
  const [ahead, behind] = median === 'a' ? [a, b] : [b, a]
  const faster = `${ahead.side.label} answered faster than ${behind.side.label} in this run`
  return rest.includes(null)
    ? `${faster}, though not by every measure${words}.`
    : `${faster}${words}.`
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
