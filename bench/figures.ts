import { median } from '../packages/lab/src/stats/median.ts'
import type { Judgement } from './judge.ts'
import type { BenchRecord } from './record.ts'

/** A goal in one line: `1.62 x (1.55 to 1.70), wanted at least 1.2 x, aim 2 x: reached`. */
export function goalLine(goal: Judgement): string {
  return `${valueText(goal)}, wanted ${wantedText(goal)}: ${verdictText(goal)}`
}

/** The records as a Markdown table, one row per goal, in the order of `names`; without the machine. */
export function figuresTable(records: readonly BenchRecord[], names: readonly string[]): string {
  const rows = names
    .flatMap((name) => records.filter((record) => record.name === name))
    .flatMap((record) => record.goals.map((goal) => row(record, goal)))
  return [
    '| pair | figure | A | B | A against B (95 % interval) | wanted | |',
    '|---|---|---:|---:|---|---|---|',
    ...rows,
  ].join('\n')
}

/** The origins of the records: day, commit, machine. The records have the details. */
export function originLines(records: readonly BenchRecord[]): string[] {
  const lines = records.map(({ machine, commit, postgres, started_at }) => {
    const database = postgres === null ? '' : `, PostgreSQL ${postgres.server_version}`
    return `- ${started_at.slice(0, 10)}, commit ${commit}: ${machine.cpu}, ${machine.cores} cores, ${machine.memory_gib} GiB, Node ${machine.node}${database}`
  })
  return [...new Set(lines)].sort()
}

function row({ name, what, measured }: BenchRecord, goal: Judgement): string {
  const middle = (side: 'a' | 'b') => {
    const values = measured.flatMap((round) => round[side]?.[goal.metric] ?? [])
    return values.length === 0 ? '' : number(median(values))
  }
  const cells = [
    `${what} (\`${name}\`)`,
    goal.metric,
    middle('a'),
    middle('b'),
    valueText(goal),
    wantedText(goal),
    verdictText(goal),
  ]
  return `| ${cells.join(' | ')} |`
}

function valueText(goal: Judgement): string {
  const [middle, low, high] = [goal.median, goal.low, goal.high].map((value) => number(value))
  return `${middle}${unitOf(goal)} (${low} to ${high})`
}

function wantedText(goal: Judgement): string {
  const aim = goal.aim === undefined ? '' : `, aim ${goal.aim}${unitOf(goal)}`
  return `${goal.want} ${number(goal.floor)}${unitOf(goal)}${aim}`
}

function verdictText({ reached, aim_reached }: Judgement): string {
  if (reached === null) return 'not judged'
  if (!reached) return 'not reached'
  return aim_reached ? 'aim reached' : 'reached'
}

function unitOf({ compare, metric }: Judgement): string {
  if (compare === 'ratio') return ' x'
  return ` ${metric.split('_').at(-1)}`
}

/** Three significant digits, thousands with commas. */
function number(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en')
}
