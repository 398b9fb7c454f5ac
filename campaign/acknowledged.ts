import { isRead, type Operation } from '../packages/histories/src/index.ts'

/** Counts the acknowledged changes of a recording while it grows. */
export interface Acknowledged {
  /** Takes note of the operations recorded so far. */
  look(operations: readonly Operation[]): void
  /** Resolves when an instance has acknowledged `count` more changes, or at once after `release`. */
  more(count: number, instance: string): Promise<void>
  /** Lets everyone go who waits. */
  release(): void
}

export function countAcknowledged(): Acknowledged {
  let looked = 0
  let released = false
  const changes = new Map<string, number>()
  const waiting = new Map<string, { readonly until: number; resolve(): void }>()

  const countOf = (instance: string) => changes.get(instance) ?? 0

  function wake(): void {
    for (const [instance, { until, resolve }] of waiting) {
      if (!released && countOf(instance) < until) continue
      resolve()
      waiting.delete(instance)
    }
  }

  return {
    look(operations) {
      for (; looked < operations.length; looked++) {
        const operation = operations[looked]
        if (operation?.status === 'ok' && !isRead(operation))
          changes.set(operation.process, countOf(operation.process) + 1)
      }
      wake()
    },
    more(count, instance) {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.set(instance, { until: countOf(instance) + count, resolve })
      wake()
      return promise
    },
    release() {
      released = true
      wake()
    },
  }
}
