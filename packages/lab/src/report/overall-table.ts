import {
  type Cell,
  type Column,
  columns,
  muted,
  type Row,
  type Table,
  text,
} from '../page/document.ts'
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
    columns: [...columns('Metric'), ...opponentColumns(a, b), ...columns('Winner', '#Margin')],
    rows: [
      ...LATENCIES.map((latency) => contestRow('overall', a, b, latency)),
      successRow(a, b, pair),
      totalRow(a, b),
    ],
    notes,
  }
}

/** A numeric column for each of two targets. */
export function opponentColumns(...both: readonly Opponent[]): Column[] {
  return both.map(({ side, place }) => ({ text: side.label, side: place, numeric: true }))
}

/** A latency statistic of both targets, or of their runs of one operation, and the faster one. */
export function contestRow(
  group: string,
  a: Opponent,
  b: Opponent,
  { statistic, title }: (typeof LATENCIES)[number],
): Row {
  const result = contest(a.run, b.run, statistic)
  const id = (key: string) => `${group}.${statistic}.${key}`
  return {
    cells: [
      text(title),
      milliseconds(id(a.side.key), result.a),
      milliseconds(id(b.side.key), result.b),
      winnerCell(a, b, result),
      percentage(id(`margin.${a.side.key}:${b.side.key}`), result.lessBy),
    ],
  }
}

/** The winner's name, or why there is none: the times of an emulator are not those of DynamoDB. */
function winnerCell(a: Opponent, b: Opponent, { winner, lessBy }: Contest): Cell {
  if (lessBy === null) return muted(NOTHING)
  if (a.side.emulator || b.side.emulator) return muted('none: emulator')
  if (winner === null) return text('no clear difference')
  const { side, place } = winner === 'a' ? a : b
  return text(side.label, place)
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
