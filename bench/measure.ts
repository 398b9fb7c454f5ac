import type { RunningBench } from './bench.ts'
import { goalLine } from './figures.ts'
import { InvalidRun } from './invalid-run.ts'
import { judge } from './judge.ts'
import type { Pair } from './pair.ts'
import { describeCircumstances, writeRecord } from './record.ts'
import { takeRounds } from './rounds.ts'
import type { Tools } from './support/tools.ts'

export interface MeasureOptions {
  readonly rounds: number
  readonly seconds: number
  readonly signal: AbortSignal
  readonly tools: Tools
  readonly say: (line: string) => void
}

/**
 * Measures one pair after another, reports whether each reached its goals, and writes its record. An invalid pair
 * writes no record, and the next pair follows.
 *
 * @returns the names of the invalid pairs
 */
export async function measurePairs(
  pairs: readonly Pair[],
  running: RunningBench,
  options: MeasureOptions,
): Promise<string[]> {
  const invalid: string[] = []
  for (const pair of pairs) {
    options.say(`${pair.name}: ${pair.what}\n  A: ${pair.a}${pair.b ? `\n  B: ${pair.b}` : ''}`)
    const missing = pair.missing?.()
    if (missing !== undefined) {
      options.say(`  skipped: ${missing}`)
      continue
    }
    try {
      await measurePair(pair, running, options)
    } catch (error) {
      if (!(error instanceof InvalidRun)) throw error
      options.say(`  INVALID: ${error.message}`)
      invalid.push(pair.name)
    }
  }
  options.say(
    'The records are in bench/results; npx node bench/write-figures.ts writes them into docs/performance.md.',
  )
  return invalid
}

async function measurePair(pair: Pair, running: RunningBench, options: MeasureOptions) {
  const { bench, end } = running.forPair()
  try {
    const started_at = new Date().toISOString()
    const sides = await pair.open(bench)
    const measured = await takeRounds(pair, sides, options)
    const goals = pair.goals.map((goal) => judge(goal, measured, sides.weaker === undefined))
    for (const goal of goals) options.say(`  ${goal.metric} ${goalLine(goal)}`)
    const { name, what, a, b } = pair
    await writeRecord({
      name,
      what,
      a,
      b,
      started_at,
      ...describeCircumstances(options.tools, running.postgres?.settings),
      rounds: measured.length,
      seconds_a_turn: options.seconds,
      notes: sides.notes ?? {},
      weaker_opponent: sides.weaker ?? null,
      goals,
      measured,
    })
  } finally {
    await end()
  }
}
