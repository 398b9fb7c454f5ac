import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Operation } from '@pushcart/histories'
import { packAccess } from '../../cart-api/access-data.ts'
import type { Abilities } from '../../consistency/record/abilities.ts'
import type { Traffic } from '../protocol.ts'
import type { LiveSide } from '../sides/side.ts'
import type { FromLoad, LoadThreadData, ToLoad } from './messages.ts'

/** The shoppers of one side, in a thread. */
export interface Shoppers extends AsyncDisposable {
  /** Shoppers who shop at once; each sends about one request per second. */
  set(shoppers: number, mix: string): void
  /** Where they shop. */
  goTo(url: string): void
  /** Faults that are on, for the record. */
  during(faults: readonly string[]): void
  /** Resolves when the thread has died. */
  readonly failed: Promise<Error>
}

export interface ShoppersOptions {
  readonly side: LiveSide
  readonly abilities: Abilities
  readonly seed: number
  /** See `LoadThreadData`. */
  readonly started: bigint
  readonly customers: number
  readonly onTally: (tally: Traffic) => void
  readonly onCart: (operations: readonly Operation[]) => void
}

export function startShoppers(options: ShoppersOptions): Shoppers {
  const { side, abilities, seed, started, customers } = options
  const workerData: LoadThreadData = {
    url: side.url(),
    access: packAccess(side.access),
    abilities,
    seed,
    started: String(started),
    customers,
  }
  const worker = new Worker(new URL('./load-thread.ts', import.meta.url), { workerData })
  const failed = Promise.withResolvers<Error>()
  worker.on('error', (error) =>
    failed.resolve(error instanceof Error ? error : new Error(String(error))),
  )
  worker.on('message', (message: FromLoad) => {
    if (message.type === 'tally') options.onTally(message.tally)
    else options.onCart(message.operations)
  })
  const post = (message: ToLoad) => worker.postMessage(message)
  return {
    set: (shoppers, mix) => post({ type: 'shoppers', shoppers, mix }),
    goTo: (url) => post({ type: 'url', url }),
    during: (faults) => post({ type: 'faults', faults }),
    failed: failed.promise,
    async [Symbol.asyncDispose]() {
      const exited = once(worker, 'exit')
      post({ type: 'stop' })
      await exited
    },
  }
}
