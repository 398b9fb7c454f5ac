import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Report } from '@pushcart/histories'
import type { ConsistencyRecord } from '../packages/lab/src/results/consistency-records.ts'
import { parseLoadResult } from '../packages/lab/src/results/load-result.ts'
import { useOfDescendants } from '../packages/lab/src/services/process-tree.ts'
import type { Peer, RunningPeer } from './cart.ts'
import { runProgram } from './support/program.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** What is measured with. */
export interface Measuring {
  readonly peer: Peer
  readonly running: RunningPeer
  /** Folder for the result files of this peer. */
  readonly folder: string
}

/** Ten clients add single units of one product to one cart, ten times. */
export interface AddsFound {
  readonly acknowledged: number
  /** Of these, units that are not in the carts at the end. */
  readonly lost: number
  readonly doubled: number
  /** Adds that the service refused or did not answer. */
  readonly refused: number
}

export async function countAdds(measuring: Measuring): Promise<AddsFound> {
  const file = join(measuring.folder, 'adds.json')
  await lab(measuring, ['consistency', '--iterations', '10', '--clients', '10', '--output', file])
  const records: ConsistencyRecord[] = JSON.parse(await readFile(file, 'utf8'))
  const found = { acknowledged: 0, lost: 0, doubled: 0, refused: 0 }
  for (const record of records) {
    if (record.scenario !== 'concurrent_updates') continue
    found.acknowledged += record.acknowledged_quantity
    found.lost += record.lost_updates ?? 0
    found.doubled += record.duplicated_updates ?? 0
    found.refused += record.updates_sent - record.updates_successful
  }
  return found
}

/** What mixed shoppers saw: adds, sets, removes and reads of ten clients on a few shared carts. */
export type GuaranteesFound = Pick<Report, 'verdict' | 'operations' | 'balance'>

/** Records concurrent clients, checks what they saw and writes the explained report. */
export async function checkGuarantees(
  measuring: Measuring,
  seconds: number,
): Promise<GuaranteesFound> {
  const folder = join(measuring.folder, 'guarantees')
  const args = ['consistency', '--seconds', String(seconds), '--output', folder]
  await lab(measuring, args)
  const report: Report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'))
  const { verdict, operations, balance } = report
  return { verdict, operations, balance }
}

/** One run of gets and adds, half each. */
export interface LoadFound {
  readonly adds_per_second: number
  readonly gets_per_second: number
  readonly add_p50: number | null
  readonly add_p99: number | null
  readonly get_p50: number | null
  readonly get_p99: number | null
  /** Share of the operations that failed. */
  readonly failed: number
  /** CPU milliseconds of the service per operation. */
  readonly cpu_ms: number | null
}

export async function loadClosed(
  measuring: Measuring,
  round: number,
  seconds: number,
): Promise<LoadFound> {
  const file = join(measuring.folder, `load-${round}.json`)
  const before = await cpuSeconds(measuring.running.pid)
  await lab(measuring, [
    ...['perf', '--closed', '--connections', '8', '--mix', 'write-heavy'],
    ...['--carts', '40', '--lines-per-cart', '3', '--duration', String(seconds), '--warmup', '3'],
    ...['--seed', String(round), '--timeout', '30000', '--output', file],
  ])
  const cpu = (await cpuSeconds(measuring.running.pid)) - before
  const result = parseLoadResult(await readFile(file, 'utf8'))
  const of = (operation: string) => result.operations.find((one) => one.operation === operation)
  const [adds, gets] = [of('add_items'), of('get_cart')]
  const { count, failed } = result.overall
  // The CPU of preparing the carts is included: 40 creates and 120 adds.
  const operations =
    result.overall.count * ((result.measured_s + result.warm_up.seconds) / result.measured_s) + 160
  return {
    adds_per_second: (adds?.succeeded ?? 0) / result.measured_s,
    gets_per_second: (gets?.succeeded ?? 0) / result.measured_s,
    add_p50: adds?.response_time.p50 ?? null,
    add_p99: adds?.response_time.p99 ?? null,
    get_p50: gets?.response_time.p50 ?? null,
    get_p99: gets?.response_time.p99 ?? null,
    failed: count === 0 ? 1 : failed / count,
    cpu_ms: Number.isNaN(cpu) ? null : (1000 * cpu) / operations,
  }
}

/** Latency at a rate that every peer sustains. */
export async function loadAtRate(
  measuring: Measuring,
  rate: number,
  seconds: number,
): Promise<Pick<LoadFound, 'add_p50' | 'get_p50'>> {
  const file = join(measuring.folder, 'rate.json')
  await lab(measuring, [
    ...['perf', '--rate', String(rate), '--connections', '8', '--mix', 'write-heavy'],
    ...['--carts', '20', '--lines-per-cart', '3', '--duration', String(seconds), '--warmup', '3'],
    ...['--timeout', '30000', '--output', file],
  ])
  const { operations } = parseLoadResult(await readFile(file, 'utf8'))
  const p50 = (name: string) =>
    operations.find(({ operation }) => operation === name)?.response_time.p50 ?? null
  return { add_p50: p50('add_items'), get_p50: p50('get_cart') }
}

/** Runs a command of this checkout. Its exit code says what was found, so all codes but 3 are fine. */
function lab({ peer, running }: Measuring, args: readonly string[]) {
  const target = ['--host', running.url, '--api', peer.api]
  const headers = running.headers.flatMap((header) => ['--header', header])
  const command = [process.execPath, 'cli.ts', ...args, ...target, ...headers] as const
  return runProgram(command, { cwd: ROOT, env: {} }, [0, 1, 2])
}

async function cpuSeconds(pid: number): Promise<number> {
  return (await useOfDescendants(-1, [pid]))?.cpu_s ?? Number.NaN
}
