import { setTimeout as sleep } from 'node:timers/promises'
import type { Kind } from '../../history/operation.ts'
import { answeredOf, createdCart, linesOf, pageOf, versionOf } from './answered.ts'
import { type Asked, idOnWire, requestOf } from './asked.ts'
import type { Reply, Wire } from './wire.ts'

/** What a service can do, found by trying. */
export interface Abilities {
  /** Kinds of operation that work; get, create and add always do. */
  readonly kinds: readonly Kind[]
  /** Changes and reads name the cart's version. */
  readonly versions: boolean
  /** A change that is repeated under its Idempotency-Key has no second effect; adds, and creates. */
  readonly keys: boolean
  readonly keyedCreates: boolean
  /** `If-Match` is honoured. */
  readonly conditional: boolean
  /** Several lines in one add. */
  readonly batches: boolean
  /** Reads take `consistency=`. */
  readonly modes: boolean
  /** Reads take `min_version=`. */
  readonly sessions: boolean
}

/** The service does not do what every cart service must. `message` is one line. */
export class UnusableService extends Error {
  override readonly name = 'UnusableService'
}

/** How often a read is repeated until it shows what was written: an eventual read may take a second. */
const LOOKS = 12
const LOOK_MS = 100

/**
 * Finds out what a service can do, with two carts of its own that it leaves behind.
 *
 * @param customer whose carts they are
 * @throws UnusableService when creating, adding or reading does not work
 */
export async function probeAbilities(wire: Wire, customer: string): Promise<Abilities> {
  const create = (key?: string) => ask({ kind: 'create', cart: '', customer, key })
  const ask = (asked: Asked) => wire.send(requestOf(asked, false))
  const works = async (asked: Asked) => answeredOf(asked, await ask(asked)).status === 'ok'

  const created = required('a cart could not be created', await create(), 201)
  const cart = createdCart(created) ?? ''
  const add = (lines: Asked['lines'], key?: string) => ask({ kind: 'add', cart, lines, key })
  const linesIn = async (id: string) =>
    linesOf((await ask({ kind: 'get', cart: id, read: 'strong' })).body) ?? []
  /** Which of some states the cart comes to show; -1 if it comes to none of them. */
  const comesTo = async (states: readonly Quantities[], id = cart) => {
    for (let look = 0; look < LOOKS; look++) {
      const lines = await linesIn(id)
      const found = states.findIndex((state) => isSame(lines, state))
      if (found >= 0) return found
      await sleep(LOOK_MS)
    }
    return -1
  }
  const shows = async (wanted: Quantities, id = cart) => (await comesTo([wanted], id)) === 0
  const lasts = async (wanted: Quantities) => {
    await sleep(2 * LOOK_MS)
    return isSame(await linesIn(cart), wanted)
  }
  const added = required('an add was refused', await add([['1', 2]]), 204)
  if (!(await shows({ 1: 2 })))
    throw new UnusableService('what was added to a cart does not show in it')
  const read = await ask({ kind: 'get', cart, read: 'strong' })
  const version = versionOf(read)
  const versions = version !== undefined && versionOf(added) === version
  const modes = await knows(wire, cart, 'consistency')
  const sessions = versions && modes && (await knows(wire, cart, 'min_version'))

  await add([['1', 1]], 'probe-key')
  await add([['1', 1]], 'probe-key')
  // A stale read could show one add of two: what it shows has to last.
  const keys = (await comesTo([{ 1: 3 }, { 1: 4 }])) === 0 && (await lasts({ 1: 3 }))
  const base = keys ? 3 : 4
  const once = createdCart(await create(`probe-${customer}`))
  const keyedCreates = keys && createdCart(await create(`probe-${customer}`)) === once
  const conditional =
    versions &&
    (await ask({ kind: 'set', cart, lines: [['1', base]], if_version: [999_999] })).status === 412
  const second = createdCart(await create()) ?? ''
  const batch = [
    ['1', 1],
    ['2', 1],
  ] as const
  const batches =
    (await works({ kind: 'add', cart: second, lines: batch })) &&
    (await shows({ 1: 1, 2: 1 }, second))

  const kinds: Kind[] = ['create', 'get', 'add']
  /** Tries a kind, and sees that it had the effect it should. */
  const tryKind = async (asked: Asked, effect: () => Promise<boolean>) => {
    if ((await works(asked)) && (await effect())) kinds.push(asked.kind)
  }
  await tryKind({ kind: 'set', cart, lines: [['1', 7]] }, () => shows({ 1: 7 }))
  await tryKind({ kind: 'remove', cart, product: '1' }, () => shows({}))
  await add([['1', 1]])
  await tryKind({ kind: 'empty', cart }, () => shows({}))
  await add([['3', 1]])
  await tryKind({ kind: 'merge', cart: second, from: cart, strategy: 'sum' }, async () => {
    const lines = linesOf((await ask({ kind: 'get', cart: second, read: 'strong' })).body)
    return lines?.some(([product]) => product === '3') ?? false
  })
  await tryKind({ kind: 'checkout', cart: second }, async () => true)
  const third = createdCart(await create()) ?? ''
  await tryKind({ kind: 'delete', cart: third }, async () => {
    for (let look = 0; look < LOOKS; look++) {
      if ((await ask({ kind: 'get', cart: third, read: 'strong' })).status === 404) return true
      await sleep(LOOK_MS)
    }
    return false
  })
  const listed = await wire.send({ method: 'GET', path: listPath(customer, null) })
  if (listed.status === 200 && pageOf(listed.body) !== undefined) kinds.push('list')
  return { kinds, versions, keys, keyedCreates, conditional, batches, modes, sessions }
}

/** Where a page of a customer's carts is. */
export function listPath(customer: string, cursor: string | null): string {
  const query = new URLSearchParams({ customer_id: String(idOnWire(customer)) })
  if (cursor !== null) query.set('cursor', cursor)
  return `/shopping-carts?${query}`
}

/** A service that reads a parameter refuses nonsense in it. */
async function knows(wire: Wire, cart: string, parameter: string): Promise<boolean> {
  const path = `/shopping-carts/${encodeURIComponent(cart)}?${parameter}=nonsense`
  const { status } = await wire.send({ method: 'GET', path })
  return status === 400 || status === 422
}

function required(what: string, reply: Reply, wanted: number): Reply {
  if (reply.lost !== undefined) throw new UnusableService(`${what}: ${reply.lost}`)
  if (reply.status < 200 || reply.status >= 300)
    throw new UnusableService(`${what}: expected ${wanted}, got ${reply.status}`)
  if (wanted === 201 && createdCart(reply) === undefined)
    throw new UnusableService(`${what}: the answer holds no shopping_cart_id`)
  return reply
}

/** Units by product. */
type Quantities = Readonly<Record<string, number>>

function isSame(lines: readonly (readonly [string, number])[], wanted: Quantities): boolean {
  return (
    lines.length === Object.keys(wanted).length &&
    lines.every(([product, quantity]) => wanted[product] === quantity)
  )
}
