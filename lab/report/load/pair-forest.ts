import { EMULATOR_WORDS } from '../../compare/side.ts'
import type { BlockComparison } from '../../stats/compare-blocks.ts'
import { AXIS_NAME, forestPlot } from '../plots/forest-plot.ts'
import { shortened } from '../plots/frame.ts'
import { accent, symbol } from '../plots/style.ts'
import type { LoadPair } from './findings.ts'

/**
 * The ratios of a pair, drawn.
 *
 * @param conclusive whether the blocks allow verdicts, which are shown in the colour of the faster side
 */
export function pairForest(pair: LoadPair, margin: number, conclusive: boolean): string {
  const { a, b, key, comparisons } = pair
  const [first, second] = [a, b].map(({ side }) => side.label)
  const [over, under] = [b, a].map(({ side }) => shortened(side.label, AXIS_NAME))
  return forestPlot({
    id: `forest-${key.replace(':', '-')}`,
    title: `Ratio of the times of ${second} to those of ${first}`,
    below: { words: `faster: ${second}`, color: accent(b.place) },
    above: { words: `faster: ${first}`, color: accent(a.place) },
    axis: `time of ${over} / time of ${under}`,
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
