import type { Figures, Pair, Round, Sides } from './pair.ts'

export interface RoundsOptions {
  readonly rounds: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
  /** How long uncounted turns are taken at the beginning, milliseconds; at least one of each is. */
  readonly warmUpMs?: number
}

/**
 * A service on a get takes 90, 37, 38, 54, 36 and 33 microseconds of CPU in its first six turns of three seconds, each after one of
 * its opponent: it varies for about the first 18 s. The cause is assumed to be compilation by V8.
 */
const WARM_UP_MS = 24_000

/**
 * Takes turns (A B, B A, A B, ...), so that drift of the machine affects both alike. Uncounted turns come
 * first to warm up code and caches, unless turns continue from each other.
 */
export async function takeRounds(
  { once, goals }: Pick<Pair, 'once' | 'goals'>,
  sides: Sides,
  { rounds, signal, say, warmUpMs = WARM_UP_MS }: RoundsOptions,
): Promise<Round[]> {
  const metrics = goals.map(({ metric }) => metric)
  const taken: Round[] = []
  const warmAt = performance.now() + warmUpMs
  if (once !== true)
    do await takeRound(sides, ['a', 'b'], signal)
    while (performance.now() < warmAt)
  for (let round = 1; round <= (once === true ? 1 : rounds); round++) {
    const backwards = once === true || round % 2 === 0
    const figures = await takeRound(sides, backwards ? ['b', 'a'] : ['a', 'b'], signal)
    say(`  round ${round}: ${line('A', figures.a, metrics)}${line(' | B', figures.b, metrics)}`)
    taken.push(figures)
  }
  return taken
}

async function takeRound(
  sides: Sides,
  order: readonly ('a' | 'b')[],
  signal: AbortSignal,
): Promise<Round> {
  const figures: { a: Figures; b: Figures | null } = { a: {}, b: null }
  for (const side of order) {
    signal.throwIfAborted()
    const measured = await sides[side]?.()
    if (measured !== undefined) figures[side] = measured
  }
  return figures
}

function line(side: string, figures: Figures | null, metrics: readonly string[]): string {
  if (figures === null) return ''
  return `${side} ${metrics.map((metric) => `${metric} ${figures[metric]?.toPrecision(4)}`).join(', ')}`
}
