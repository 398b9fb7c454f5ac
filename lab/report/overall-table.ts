import { type Cell, muted, type Row, type Table, text } from '../page/document.ts'
import { summarise } from '../stats/summarise.ts'
import { type Contest, contest, LATENCIES } from './contest.ts'
import { count, milliseconds, NOTHING, percentage, points } from './format.ts'
import type { Opponent } from './opponent.ts'

/** Two targets compared over all operations. */
export function overallTable(a: Opponent, b: Opponent, notes: readonly string[]): Table {
  const pair = `${a.side.key}:${b.side.key}`
  return {
    id: `overall-${a.side.key}-${b.side.key}`,
    caption: 'All operations',
    columns: [
      { text: 'Metric' },
      { text: a.side.label, side: a.place, numeric: true },
      { text: b.side.label, side: b.place, numeric: true },
      { text: 'Winner' },
      { text: 'Margin', numeric: true },
    ],
    rows: [...latencyRows(a, b, pair), successRow(a, b, pair), totalRow(a, b)],
    notes,
  }
}

/** The winner's name, or why there is none. */
export function winnerCell(a: Opponent, b: Opponent, { winner, lessBy }: Contest): Cell {
  if (lessBy === null) return muted(NOTHING)
  if (winner === null) return text('no clear difference')
  const { side, place } = winner === 'a' ? a : b
  return text(side.label, place)
}

function latencyRows(a: Opponent, b: Opponent, pair: string): Row[] {
  return LATENCIES.map(({ statistic, title }) => {
    const result = contest(a.run, b.run, statistic)
    return {
      cells: [
        text(title),
        milliseconds(`overall.${statistic}.${a.side.key}`, result.a),
        milliseconds(`overall.${statistic}.${b.side.key}`, result.b),
        winnerCell(a, b, result),
        percentage(`overall.${statistic}.margin.${pair}`, result.lessBy),
      ],
    }
  })
}

function successRow(a: Opponent, b: Opponent, pair: string): Row {
  const [rateA, rateB] = [a, b].map(({ run }) => summarise(run.all).success_rate)
  const known = typeof rateA === 'number' && typeof rateB === 'number'
  const better = !known || rateA === rateB ? undefined : rateA > rateB ? a : b
  return {
    cells: [
      text('Success rate'),
      percentage(`overall.success_rate.${a.side.key}`, rateA ?? null),
      percentage(`overall.success_rate.${b.side.key}`, rateB ?? null),
      better ? text(better.side.label, better.place) : known ? text('equal') : muted(NOTHING),
      points(`overall.success_rate.margin.${pair}`, known ? Math.abs(rateA - rateB) : null),
    ],
  }
}

function totalRow(a: Opponent, b: Opponent): Row {
  const [totalA, totalB] = [a.run.all.length, b.run.all.length]
  return {
    cells: [
      text('Total operations'),
      count(`overall.count.${a.side.key}`, totalA),
      count(`overall.count.${b.side.key}`, totalB),
      text(totalA === totalB ? 'equal' : 'not comparable'),
      text(''),
    ],
  }
}
