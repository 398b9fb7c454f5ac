import type { Machine } from '../packages/lab/src/results/environment.ts'
import { median } from '../packages/lab/src/stats/median.ts'
import type { AddsFound, GuaranteesFound, LoadFound } from './measure.ts'

/** Everything that was found out about one cart. */
export interface PeerFound {
  readonly title: string
  readonly settings: string
  readonly adds: AddsFound
  readonly guarantees: GuaranteesFound
  /** One per round. */
  readonly loads: readonly LoadFound[]
  readonly atRate: Pick<LoadFound, 'add_p50' | 'get_p50'>
}

/** The table in Markdown, with what has to be known to repeat it. */
export function peersTable(peers: readonly PeerFound[], machine: Machine, date: string): string {
  const rows = peers.map(({ title, adds, guarantees, loads, atRate }) => {
    const of = (figure: (load: LoadFound) => number | null) =>
      middle(loads.map(figure).filter((value) => value !== null))
    return [
      title,
      `${adds.lost} of ${adds.acknowledged}`,
      adds.doubled,
      adds.refused,
      missingText(guarantees),
      rounded(of((load) => load.adds_per_second)),
      rounded(of((load) => load.gets_per_second)),
      `${rounded(of((load) => load.add_p50))} / ${rounded(of((load) => load.add_p99))}`,
      `${rounded(of((load) => load.get_p50))} / ${rounded(of((load) => load.get_p99))}`,
      `${rounded(atRate.add_p50)} / ${rounded(atRate.get_p50)}`,
      rounded(of((load) => load.cpu_ms)),
      `${rounded(of((load) => 100 * load.failed))} %`,
    ]
  })
  const titles = [
    'cart',
    'acknowledged adds lost',
    'doubled',
    'refused',
    'units missing, mixed shoppers',
    'adds/s',
    'gets/s',
    'add P50 / P99, ms',
    'get P50 / P99, ms',
    'add / get P50 at 4/s, ms',
    'CPU ms per operation',
    'failed under load',
  ]
  return `${[
    `Measured ${date} on ${machine.cores} cores (${machine.cpu}), Node ${machine.node}, everything on one machine.`,
    '',
    `| ${titles.join(' | ')} |`,
    `|${titles.map((_, i) => (i === 0 ? '---' : '--:')).join('|')}|`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    '- Lost, doubled, refused: ten times, ten clients add single units of one product to one cart, 50 adds each time.',
    '- Adds and gets per second: 8 connections in a closed loop, half gets and half adds on 40 carts, of which some are popular (Zipf); median of the rounds.',
    ...peers.map(({ title, settings }) => `- ${title}: ${settings}.`),
    '- Mixed shoppers: ten clients add, set, remove and read on a few shared carts; every guarantee is checked. Acknowledged units that are missing at the end.',
    '',
  ].join('\n')}`
}

function missingText({ verdict, balance }: GuaranteesFound): string {
  const { missing, doubled, acknowledged } = balance
  const units = `${missing} of ${acknowledged.toLocaleString('en-US')}`
  return `${units}${doubled === 0 ? '' : `, ${doubled} doubled`} (${verdict})`
}

function middle(values: readonly number[]): number | null {
  return values.length === 0 ? null : median([...values])
}

function rounded(value: number | null): string {
  if (value === null) return '-'
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(2)
}
