import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Column,
  checkHistory,
  formatHistory,
  type Guarantee,
  type Kind,
  type Operation,
  type Report,
} from '@pushcart/histories'
import { expect, test } from 'vitest'
import { recordHistory } from '../../src/consistency/record/record-history.ts'
import { type EmbeddedOptions, startEmbedded } from '../../src/faults/embedded-service.ts'

/**
 * Two instances of this service on each database, with faults on the connections to the database: all its guarantees
 * must hold. For longer runs: `pushcart consistency --embedded STORE --faults --seconds 60`.
 */
async function provoke(
  store: EmbeddedOptions['store'],
  without: readonly Kind[] = [],
): Promise<Report> {
  // An upper bound: on a busy machine, a few seconds are too short for every fault to affect an operation.
  const seconds = 45
  const settings = { store, seed: 3, seconds, faults: true, lagMs: 300 }
  await using service = await startEmbedded(settings)
  const { hosts, faults, alwaysKeyed } = service
  const history = await recordHistory({
    hosts,
    faults,
    alwaysKeyed,
    without,
    seconds,
    clients: 8,
    seed: settings.seed,
    enough: (operations) => isEnough(operations, faults?.plan.faults ?? []),
    settleMs: 2000,
    timeoutMs: 8000,
  })
  const report = checkHistory(history, { shrinkMs: 500 })
  const file = join(tmpdir(), `pushcart-own-service-${store}.ndjson`)
  // A violation cannot be reproduced, so its history is kept for `pushcart check`.
  if (report.verdict === 'violated') await writeFile(file, formatHistory(history))
  return report
}

const ENOUGH = 500

/** Whether every fault has affected an operation, and there were enough reads to observe a stale one. */
function isEnough(operations: readonly Operation[], planned: readonly string[]): boolean {
  if (operations.length < ENOUGH) return false
  const met = new Set(operations.flatMap(({ faults = [] }) => faults))
  return planned.every((name) => met.has(name))
}

/** The cells of the matrix that are violated, promised or not. */
function broken({ findings }: Report, promised: boolean): string[] {
  return findings
    .filter((one) => one.verdict === 'violated' && one.promised === promised)
    .map(({ guarantee, read_mode }) => `${guarantee} ${read_mode}`)
}

function verdictOf({ findings }: Report, guarantee: Guarantee, column: Column) {
  return findings.find((one) => one.guarantee === guarantee && one.read_mode === column)?.verdict
}

function staleShare({ staleness }: Report, mode: string): number {
  return staleness.find(({ read_mode }) => read_mode === mode)?.stale.share ?? 0
}

test('PostgreSQL: all guarantees hold under every fault, including sessions on a lagging standby, and stale eventual reads are detected', async () => {
  const report = await provoke('postgres')
  expect(broken(report, true)).toEqual([])
  expect(report).toMatchObject({ verdict: 'holds', coverage: { reasons: [] } })
  expect(verdictOf(report, 'conditions', 'changes')).toBe('holds')
  expect(verdictOf(report, 'lists', 'eventual')).toBe('holds')
  for (const guarantee of ['read_your_writes', 'monotonic_reads'] as const)
    expect(verdictOf(report, guarantee, 'session')).toBe('holds')
  expect(broken(report, false)).toContain('linearizability eventual')
  expect(staleShare(report, 'strong')).toBe(0)
  expect(staleShare(report, 'eventual')).toBeGreaterThan(0)
}, 120_000)

test('DynamoDB: all guarantees hold under every fault, including sessions on lagging replicas, and stale eventual reads are detected', async () => {
  const report = await provoke('dynamodb')
  expect(broken(report, true)).toEqual([])
  expect(report).toMatchObject({ verdict: 'holds', coverage: { reasons: [] } })
  expect(verdictOf(report, 'conditions', 'changes')).toBe('holds')
  expect(verdictOf(report, 'lists', 'eventual')).toBe('holds')
  for (const guarantee of ['read_your_writes', 'monotonic_reads'] as const)
    expect(verdictOf(report, guarantee, 'session')).toBe('holds')
  for (const guarantee of ['monotonic_writes', 'writes_follow_reads'] as const)
    expect(verdictOf(report, guarantee, 'changes')).toBe('holds')
  expect(broken(report, false)).toContain('linearizability eventual')
  expect(staleShare(report, 'strong')).toBe(0)
  expect(staleShare(report, 'eventual')).toBeGreaterThan(0)
}, 120_000)
