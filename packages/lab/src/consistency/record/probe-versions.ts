import type { HttpResponse } from '../../cart-api/exchange.ts'
import type { Trial } from './trial.ts'

/**
 * What the versions of a service mean: `counted` rise by one with every change of a cart; `opaque` only name the states
 * of a cart, as a number of a global sequence or a time does; `none` are of no use.
 */
export type VersionMeaning = 'counted' | 'opaque' | 'none'

/** How many changes show the meaning: a time in milliseconds can rise by one now and then. */
const CHANGES = 4

/**
 * Changes two carts in turn, so that a sequence that they share rises by two in each of them, and compares what the
 * responses to the changes and reads of them say.
 */
export async function probeVersions(trial: Trial, product = '1'): Promise<VersionMeaning> {
  const carts = [await openVersioned(trial), await openVersioned(trial)]
  for (let quantity = 1; quantity <= CHANGES; quantity++) {
    for (const cart of carts) {
      if (cart === undefined) return 'none'
      const lines = [[product, quantity]] as const
      const changed = await trial.send({ kind: 'add', cart: cart.id, lines })
      const version = versionOf(trial, changed)
      const read = await trial.send({ kind: 'get', cart: cart.id, read: 'strong' })
      if (version === undefined || versionOf(trial, read) !== version) return 'none'
      cart.seen.push(version)
    }
  }
  const all = carts.map((cart) => cart?.seen ?? [])
  if (all.every((seen) => steps(seen).every((step) => step === 1))) return 'counted'
  return all.every((seen) => steps(seen).every((step) => step > 0)) ? 'opaque' : 'none'
}

interface VersionedCart {
  readonly id: string
  /** Versions in order, from the creation on if an empty cart has one. */
  readonly seen: number[]
}

async function openVersioned(trial: Trial): Promise<VersionedCart | undefined> {
  const id = await trial.cartWith({})
  if (id === undefined) return undefined
  const first = versionOf(trial, await trial.send({ kind: 'get', cart: id, read: 'strong' }))
  return { id, seen: first === undefined ? [] : [first] }
}

function versionOf({ api }: Trial, response: HttpResponse): number | undefined {
  const { status } = response
  return status >= 200 && status < 300 ? api.read.version(response) : undefined
}

function steps(seen: readonly number[]): number[] {
  return seen.slice(1).map((version, at) => version - (seen[at] ?? 0))
}
