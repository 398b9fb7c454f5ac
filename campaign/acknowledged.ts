import { isRead, type Operation } from '../packages/histories/src/index.ts'

/** Counts the acknowledged changes of a recording while it grows. */
export interface Acknowledged {
  /** Takes note of the operations recorded so far. */
  look(operations: readonly Operation[]): void
  /** Resolves when `count` more changes have been acknowledged, or at once after `release`. */
  more(count: number): Promise<void>
  /** Lets everyone go who waits. */
  release(): void
}

export function countAcknowledged(): Acknowledged {
  let looked = 0
  let changes = 0
  let released = false
  let waiting: { readonly until: number; resolve(): void } | undefined

  function wake(): void {
    if (waiting === undefined || (!released && changes < waiting.until)) return
    waiting.resolve()
    waiting = undefined
  }

  return {
    look(operations) {
      for (; looked < operations.length; looked++) {
        const operation = operations[looked]
        if (operation?.status === 'ok' && !isRead(operation)) changes += 1
      }
      wake()
    },
    more(count) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting = { until: changes + count, resolve }
      wake()
      return promise
    },
    release() {
      released = true
      wake()
    },
  }
}
