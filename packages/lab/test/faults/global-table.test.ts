import { checkHistory, type Operation, type Report } from '@pushcart/histories'
import { describe, expect, it } from 'vitest'
import { markOf } from '../../../service/src/cart/region-mark.ts'
import { recordHistory } from '../../src/consistency/record/record-history.ts'
import { startGlobalTable } from './global-table.ts'

const DELAY_MS = 200
const ENOUGH = 600

/** @param isEnough whether the history shows what it has to, once it has enough operations */
async function recordOn(
  hosts: readonly string[],
  isEnough: (operations: readonly Operation[]) => boolean = () => true,
) {
  const history = await recordHistory({
    hosts,
    seconds: 60,
    clients: 6,
    seed: 5,
    enough: (operations: readonly Operation[]) =>
      operations.length >= ENOUGH && isEnough(operations),
    settleMs: 2000,
    timeoutMs: 10_000,
  })
  return { history, report: await checkHistory(history, { shrinkMs: 200 }) }
}

const violated = ({ findings }: Report) =>
  findings.filter(({ verdict, promised }) => verdict === 'violated' && promised)

describe('a global table in two regions', () => {
  it('loses changes if carts have no home regions', async () => {
    await using table = await startGlobalTable({ delayMs: DELAY_MS })
    const { report } = await recordOn(table.hosts)
    expect(report.verdict).toBe('violated')
    const guarantees = new Set(violated(report).map(({ guarantee }) => guarantee))
    for (const guarantee of ['linearizability', 'read_your_writes', 'lines'] as const)
      expect(guarantees).toContain(guarantee)
  }, 180_000)

  for (const requests of ['proxy', 'table'] as const)
    it(`keeps all guarantees with home regions, HOME_REQUESTS=${requests}`, async () => {
      await using table = await startGlobalTable({ delayMs: DELAY_MS, requests })
      const homeOf = (cart: string) => markOf(cart, ['first', 'second'])
      const areMerged = (operations: readonly Operation[]) =>
        operations.some(
          ({ kind, status, cart, from = '' }) =>
            kind === 'merge' && status === 'ok' && homeOf(cart) !== homeOf(from),
        )
      const { history, report } = await recordOn(table.hosts, areMerged)
      expect(violated(report)).toEqual([])
      expect(report.verdict).toBe('holds')
      // Both regions were homes, or else one region alone has been shown.
      const made = history.operations.filter(
        ({ kind, status }) => kind === 'create' && status === 'ok',
      )
      expect(new Set(made.map(({ cart = '' }) => homeOf(cart)))).toEqual(
        new Set(['first', 'second']),
      )
      // And carts with different homes were merged.
      expect(areMerged(history.operations)).toBe(true)
    }, 180_000)
})
