/** One run at one rate. */
export interface Probe {
  /** Operations per second. */
  readonly rate: number
  /** Whether the objective was met; `null` when the run cannot tell, above all since the generator could not keep up. */
  readonly meets: boolean | null
}

export interface Search<P extends Probe> {
  /** Every run, in the order in which they were made. */
  readonly probes: readonly P[]
  /** The highest rate that met the objective, and met it again; `null` when none did. */
  readonly highest: number | null
  /**
   * What ended it: the objective, the generator (the service copes with more than it can offer), or the bounds of
   * the search (even `most` met it, or even the lowest rate did not).
   */
  readonly limitedBy: 'objective' | 'generator' | 'search'
}

export interface SearchOptions<P extends Probe> {
  /** The first rate. */
  readonly start: number
  /** The lowest that is tried: below it no run can tell. */
  readonly least?: number
  /** The highest that is tried. */
  readonly most: number
  /** How near the answer has to be, as a ratio: 1.05 is within 5 %. */
  readonly precision?: number
  readonly run: (rate: number) => Promise<P>
  readonly signal?: AbortSignal | undefined
}

/** Below the first rate it is halved at most so often. */
const MOST_HALVINGS = 6

/**
 * The highest rate that meets an objective: doubled until one does not, halved between the two, and the answer
 * confirmed by a second run; where that fails, the next lower rate that had met it has its turn. Assumes that
 * what copes with a rate copes with a lower one.
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

/** Between which rates the answer lies. */
interface Bracket {
  good: number | null
  bad: { readonly rate: number; readonly generator: boolean } | null
  readonly ended: () => boolean
  /** Runs a rate and moves one end to it. */
  readonly probe: (rate: number) => Promise<void>
}

async function goUp(bracket: Bracket, start: number, most: number): Promise<void> {
  for (let rate = start; !bracket.ended(); rate = Math.min(most, 2 * rate)) {
    await bracket.probe(rate)
    if (bracket.bad !== null || rate === most) return
  }
}

async function goDown(bracket: Bracket, start: number, least: number): Promise<void> {
  for (let halving = 1; halving <= MOST_HALVINGS; halving++) {
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

/** Runs the rates that met the objective once more, from the highest down, until one meets it again. */
async function confirm(probes: readonly Probe[], bracket: Bracket): Promise<number | null> {
  const met = probes.flatMap(({ rate, meets }) => (meets === true ? [rate] : []))
  for (const rate of met.sort((a, b) => b - a)) {
    if (bracket.ended()) return null
    await bracket.probe(rate)
    if (probes.at(-1)?.meets === true) return rate
  }
  return null
}

/** Three digits: rates are read by people. */
function roundRate(rate: number): number {
  return Number(rate.toPrecision(3))
}
