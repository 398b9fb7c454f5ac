import type { CartStore } from '../../../src/store/cart-store.ts'
import { openDynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import type { HttpResponse } from '../../../src/store/dynamodb/wire/http.ts'
import type { TestDynamo } from '../../support/dynamodb.ts'

/** Forwards one request of a store to the database, now or later, or not at all. */
export type Gate = (operation: string, send: () => Promise<HttpResponse>) => Promise<HttpResponse>

export interface GatedStore {
  readonly store: CartStore
  /** Sets the gate between the store and the database. */
  gate(next: Gate): void
}

export const open: Gate = (_operation, send) => send()

/** A store whose single requests a test can delay, count or drop, without a network in between. */
export async function openGatedStore(dynamo: TestDynamo, tableName: string): Promise<GatedStore> {
  let gate = open
  const store = await openDynamoStore({
    tableName,
    migrate: true,
    clientConfig: dynamo.clientConfig(),
    around: (exchange) => (request) =>
      gate(request.headers['x-amz-target']?.split('.')[1] ?? '', () => exchange(request)),
  })
  return {
    store,
    gate(next) {
      gate = next
    },
  }
}

/** The failure of a killed caller's requests, which is never retried. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/**
 * A gate for a caller that is killed at its `n`th request (from 1): just before the request reaches the
 * database, or just after it was executed. Later requests do not arrive.
 */
export function killedAt(n: number, when: 'before' | 'after', inner: Gate = open) {
  let count = 0
  const gate: Gate = async (operation, send) => {
    count += 1
    if (count > n || (count === n && when === 'before')) throw new Killed()
    const answer = await inner(operation, send)
    if (count < n) return answer
    throw new Killed()
  }
  return { gate, isDead: () => count >= n }
}
