import { checkHistory, type Operation, type Report } from '@pushcart/histories'
import { describe, expect, it } from 'vitest'
import { recordHistory } from '../../src/consistency/record/record-history.ts'
import { startGlobalTable } from './global-table.ts'
import { type Homes, startHomeRouter } from './home-router.ts'

const DELAY_MS = 200
const ENOUGH = 600

async function recordOn(hosts: readonly string[]): Promise<Report> {
  const history = await recordHistory({
    hosts,
    seconds: 60,
    clients: 6,
    seed: 5,
    // Two carts with different homes cannot be merged at one moment.
    without: ['merge'],
    enough: (operations: readonly Operation[]) => operations.length >= ENOUGH,
    settleMs: 2000,
    timeoutMs: 10_000,
  })
  return checkHistory(history, { shrinkMs: 200 })
}

const violated = ({ findings }: Report) =>
  findings.filter(({ verdict, promised }) => verdict === 'violated' && promised)

describe('a global table in two regions', () => {
  it('loses changes if both regions change a cart', async () => {
    await using table = await startGlobalTable(DELAY_MS)
    const report = await recordOn(table.hosts)
    expect(report.verdict).toBe('violated')
    const guarantees = new Set(violated(report).map(({ guarantee }) => guarantee))
    for (const guarantee of ['linearizability', 'read_your_writes', 'lines'] as const)
      expect(guarantees).toContain(guarantee)
  }, 180_000)

  it('keeps all guarantees if every cart has a home region', async () => {
    await using table = await startGlobalTable(DELAY_MS)
    await using stack = new AsyncDisposableStack()
    const homes: Homes = { ofCart: new Map(), ofKey: new Map() }
    const routers: string[] = []
    for (const host of table.hosts) routers.push(stack.use(await startHomeRouter(host, homes)).url)
    const report = await recordOn(routers)
    expect(violated(report)).toEqual([])
    expect(report.verdict).toBe('holds')
    // Both regions were homes, or else one region alone has been shown.
    expect(new Set(homes.ofCart.values()).size).toBe(2)
  }, 180_000)
})
