import { readdirSync, readFileSync } from 'node:fs'
import { median } from '../../packages/lab/src/stats/median.ts'
import type { PeerFound } from '../../peers/table.ts'

const FOLDER = new URL('../../peers/results/', import.meta.url)
const OURS = 'pushcart'

/** What one cart did under the mixed load of `npm run peers`, medians of its rounds. */
interface Mixed {
  readonly title: string
  /** Gets and adds in all. */
  readonly perSecond: number
  readonly cpuMs: number
}

/** The newest results of `npm run peers`: carts that people use, beside this service in the same run, as Markdown. */
export function newestPeersTable(): string {
  const date = readdirSync(FOLDER).sort().at(-1) ?? ''
  const found = JSON.parse(readFileSync(new URL(`${date}/peers.json`, FOLDER), 'utf8'))
  return peersTable(found as readonly PeerFound[], date)
}

export function peersTable(found: readonly PeerFound[], date: string): string {
  const carts = found.map(mixedOf)
  const ours = carts.find(({ title }) => title.startsWith(OURS))
  if (ours === undefined) throw new Error(`the results of ${date} have no ${OURS}`)
  const rows = carts.map(
    ({ title, perSecond, cpuMs }) =>
      `| ${title} | ${rounded(perSecond)} | ${rounded(ours.perSecond / perSecond)} x | ${rounded(cpuMs)} | ${rounded(cpuMs / ours.cpuMs)} x |`,
  )
  return [
    `Measured ${date}; [all figures and settings](../peers/results/${date}/peers.md).`,
    '',
    `| cart | gets and adds per second | ${OURS}'s over it | CPU ms per operation | over ${OURS}'s |`,
    '|---|--:|--:|--:|--:|',
    ...rows,
  ].join('\n')
}

function mixedOf({ title, loads }: PeerFound): Mixed {
  return {
    title,
    perSecond: median(loads.map((load) => load.gets_per_second + load.adds_per_second)),
    cpuMs: median(loads.map((load) => load.cpu_ms).filter((ms) => ms !== null)),
  }
}

/** Two digits, because the carts differ by orders of magnitude. */
function rounded(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en-US', { maximumFractionDigits: 2 })
}
