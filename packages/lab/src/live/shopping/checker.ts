import { Worker } from 'node:worker_threads'
import type { HistoryHeader, Operation } from '@pushcart/histories'
import type { CheckTotals } from '../protocol.ts'
import { addTotals, NOTHING_CHECKED } from './check-cart.ts'
import type { CartToCheck, CheckedCart } from './messages.ts'

/** Checks finished carts in a thread. */
export interface Checker extends AsyncDisposable {
  check(side: string, header: HistoryHeader, operations: readonly Operation[]): void
  totals(side: string): CheckTotals
  readonly failed: Promise<Error>
}

/** Carts that may wait: beyond it, carts are skipped and counted, so that memory stays bounded. */
const MAX_WAITING = 50

/** @param onFindings called with what a cart violated */
export function startChecker(onFindings: (checked: CheckedCart) => void): Checker {
  const worker = new Worker(new URL('./check-thread.ts', import.meta.url))
  const totals = new Map<string, CheckTotals>()
  const of = (side: string) => totals.get(side) ?? NOTHING_CHECKED
  const failed = Promise.withResolvers<Error>()
  let waiting = 0
  worker.on('error', (error) =>
    failed.resolve(error instanceof Error ? error : new Error(String(error))),
  )
  worker.on('message', (checked: CheckedCart) => {
    waiting--
    totals.set(checked.side, addTotals(of(checked.side), checked.totals))
    if (checked.findings.length > 0) onFindings(checked)
  })
  return {
    check(side, header, operations) {
      if (waiting >= MAX_WAITING) {
        totals.set(side, { ...of(side), skipped: of(side).skipped + 1 })
        return
      }
      waiting++
      worker.postMessage({ side, header, operations } satisfies CartToCheck)
    },
    totals: of,
    failed: failed.promise,
    async [Symbol.asyncDispose]() {
      await worker.terminate()
    },
  }
}
