import { EMULATOR_WORDS } from '../../compare/side.ts'
import { shortened } from '../../page/plot/frame.ts'
import { accent, symbol } from '../../page/plot/series.ts'
import type { BlockComparison } from '../../stats/compare-blocks.ts'
import { AXIS_NAME, forestPlot } from '../plots/forest-plot.ts'
import type { LoadPair } from './findings.ts'

/**
 * A forest plot of the ratios of a pair.
 *
 * @param conclusive whether the blocks allow verdicts, which have the colour of the faster target
 */
export function pairForest(pair: LoadPair, margin: number, conclusive: boolean): string {
  const { a, b, key, comparisons } = pair
  const [first, second] = [a, b].map(({ side }) => side.label)
  const [over, under] = [b, a].map(({ side }) => shortened(side.label, AXIS_NAME))
  return forestPlot({
    id: `forest-${key.replace(':', '-')}`,
    title: `Ratio of response times, ${second} to ${first}`,
    below: { words: `favours ${second}`, color: accent(b.place) },
    above: { words: `favours ${first}`, color: accent(a.place) },
    axis: `${over} / ${under}`,
    rows: comparisons.map(({ name, ratio, interval, verdict }) => {
      const ahead = conclusive ? aheadOf(pair, verdict) : null
      const look = ahead === null ? {} : { symbol: symbol(ahead.place) }
      return { name, ratio, interval, color: ahead === null ? null : accent(ahead.place), ...look }
    }),
    margin,
    warning: [a.side, b.side].some(({ emulator }) => emulator) ? EMULATOR_WORDS : null,
  })
}

function aheadOf({ a, b }: LoadPair, verdict: BlockComparison['verdict']) {
  return verdict === 'a_faster' ? a : verdict === 'b_faster' ? b : null
}
