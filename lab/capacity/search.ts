/** One run at one rate. */
export interface Probe {
  /** Operations per second. */
  readonly rate: number
  /** Whether the objective was met; `null` when the run is inconclusive, above all when the generator could not keep up. */
  readonly meets: boolean | null
}

export interface Search<P extends Probe> {
  /** All runs, in order. */
  readonly probes: readonly P[]
  /** The highest rate that met the objective twice; `null` when none did. */
  readonly highest: number | null
  /**
   * What limits it: the objective, the generator (the service may sustain more than it can offer), or the bounds of the
   * search (even `most` met the objective, or even the lowest rate did not).
   */
  readonly limitedBy: 'objective' | 'generator' | 'search'
}

export interface SearchOptions<P extends Probe> {
  /** The first rate. */
  readonly start: number
  /** The lowest rate to try: below it runs are inconclusive. */
  readonly least?: number
  /** The highest rate to try. */
  readonly most: number
  /** Precision of the result, as a ratio: 1.05 is within 5 %. */
  readonly precision?: number
  readonly run: (rate: number) => Promise<P>
  readonly signal?: AbortSignal | undefined
}

/** How often the first rate is halved at most. */
const MAX_HALVINGS = 6

/**
 * The highest rate that meets an objective. The rate is doubled until a run fails, the interval is bisected, and the result
 * is confirmed by a second run; where that fails, the next lower rate that met the objective is tried again. Assumes that
 * a service that sustains a rate sustains every lower one.
 */
export async function searchHighestRate<P extends Probe>(
  options: SearchOptions<P>,
): Promise<Search<P>> {
  const { most, least = 0, precision = 1.05, signal } = options
  const start = Math.min(most, Math.max(least, options.start))
  const probes: P[] = []
  const bracket: Bracket = {
    good: null,
    bad: null,
    ended: () => signal?.aborted === true,
    async probe(rate) {
      const probe = await options.run(rate)
      probes.push(probe)
      if (bracket.ended()) return
      if (probe.meets === true) bracket.good = rate
      else bracket.bad = { rate, generator: probe.meets === null }
    },
  }
  await goUp(bracket, start, most)
  await goDown(bracket, start, least)
  await narrow(bracket, precision)
  const highest = await confirm(probes, bracket)
  const limitedBy = bracket.bad?.generator
    ? 'generator'
    : bracket.bad === null || highest === null
      ? 'search'
      : 'objective'
  return { probes, highest, limitedBy }
}

/** The interval in which the result lies. */
interface Bracket {
  good: number | null
  bad: { readonly rate: number; readonly generator: boolean } | null
  readonly ended: () => boolean
  /** Runs a rate and moves one end of the interval to it. */
  readonly probe: (rate: number) => Promise<void>
}

async function goUp(bracket: Bracket, start: number, most: number): Promise<void> {
  for (let rate = start; !bracket.ended(); rate = Math.min(most, 2 * rate)) {
    await bracket.probe(rate)
    if (bracket.bad !== null || rate === most) return
  }
}

async function goDown(bracket: Bracket, start: number, least: number): Promise<void> {
  for (let halving = 1; halving <= MAX_HALVINGS; halving++) {
    const rate = start / 2 ** halving
    if (bracket.good !== null || rate < least || bracket.ended()) return
    await bracket.probe(rate)
  }
}

async function narrow(bracket: Bracket, precision: number): Promise<void> {
  while (bracket.good !== null && bracket.bad !== null && !bracket.ended()) {
    const { good, bad } = bracket
    const rate = roundRate(Math.sqrt(good * bad.rate))
    if (bad.rate / good <= precision || rate <= good || rate >= bad.rate) return
    await bracket.probe(rate)
  }
}

/** Repeats the rates that met the objective, from the highest down, until one meets it again. */
async function confirm(probes: readonly Probe[], bracket: Bracket): Promise<number | null> {
  const met = probes.flatMap(({ rate, meets }) => (meets === true ? [rate] : []))
  for (const rate of met.sort((a, b) => b - a)) {
    if (bracket.ended()) return null
    await bracket.probe(rate)
    if (probes.at(-1)?.meets === true) return rate
  }
  return null
}

/** To three digits, for people to read. */
function roundRate(rate: number): number {
  return Number(rate.toPrecision(3))
}
