import { LabError, UnreachableError } from '../../errors/lab-error.ts'
import { createdCart, pageOf, versionOf } from './answered.ts'
import { idOnWire } from './asked.ts'
import { type KindsTried, tryKinds } from './kinds-tried.ts'
import { openTrial, type Trial } from './trial.ts'
import type { Reply, Wire } from './wire.ts'

/** What a service can do, found by trying; of `kinds`, get, create and add always work. */
export interface Abilities extends KindsTried {
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

/** The service does not do what every cart service must. */
export class UnusableService extends LabError {
  override readonly name = 'UnusableService'
}

/**
 * Finds out what a service can do, with some carts of its own that it leaves behind.
 *
 * @param customer whose carts they are
 * @throws UnusableService when creating, adding or reading does not work
 */
export async function probeAbilities(wire: Wire, customer: string): Promise<Abilities> {
  const trial = openTrial(wire, customer)
  const create = { kind: 'create', cart: '', customer } as const
  const response = await trial.send(create)
  if (response.lost !== undefined) throw new UnreachableError(wire.host, response.lost)
  const created = required('a cart could not be created', response, 201)
  const cart = createdCart(created) ?? ''
  const add = { kind: 'add', cart, lines: [['1', 2]] } as const
  const added = required('an add was refused', await trial.send(add), 204)
  if (!(await trial.shows(cart, { 1: 2 })))
    throw new UnusableService('what was added to a cart does not show in it')
  const read = await trial.send({ kind: 'get', cart, read: 'strong' })
  const version = versionOf(read)
  const versions = version !== undefined && versionOf(added) === version
  const modes = await knows(wire, cart, 'consistency')
  const keys = await honoursKeys(trial, cart)
  const tried = await tryKinds(trial)
  const listed = await wire.send({ method: 'GET', path: listPath(customer, null) })
  const lists = listed.status === 200 && pageOf(listed.body) !== undefined
  return {
    ...tried,
    kinds: ['create', 'get', 'add', ...tried.kinds, ...(lists ? (['list'] as const) : [])],
    versions,
    keys,
    keyedCreates: keys && (await honoursKeyOfCreate(trial, customer)),
    conditional: versions && (await honoursConditions(trial)),
    batches: await takesBatches(trial),
    modes,
    sessions: versions && modes && (await knows(wire, cart, 'min_version')),
  }
}

/** @param cart one that holds 2 of product 1 */
async function honoursKeys(trial: Trial, cart: string): Promise<boolean> {
  const add = { kind: 'add', cart, lines: [['1', 1]], key: 'probe-key' } as const
  await trial.send(add)
  await trial.send(add)
  // A stale read could show one add of two: what it shows has to last.
  const once = (await trial.comesTo(cart, [{ 1: 3 }, { 1: 4 }])) === 0
  return once && (await trial.lasts(cart, { 1: 3 }))
}

async function honoursKeyOfCreate(trial: Trial, customer: string): Promise<boolean> {
  const create = { kind: 'create', cart: '', customer, key: `probe-${customer}` } as const
  const first = createdCart(await trial.send(create))
  return first !== undefined && createdCart(await trial.send(create)) === first
}

/** A version that the cart cannot have is refused, and the one that it has is not. */
async function honoursConditions(trial: Trial): Promise<boolean> {
  const cart = await trial.cartWith({ 1: 1 })
  if (cart === undefined) return false
  const set = { kind: 'set', cart, lines: [['1', 2]] } as const
  if ((await trial.send({ ...set, if_version: [999_999] })).status !== 412) return false
  const version = versionOf(await trial.send({ kind: 'get', cart, read: 'strong' }))
  if (version === undefined) return false
  return (await trial.answered({ ...set, if_version: [version] })).status === 'ok'
}

async function takesBatches(trial: Trial): Promise<boolean> {
  const cart = await trial.cartWith({})
  if (cart === undefined) return false
  const lines = [
    ['1', 1],
    ['2', 1],
  ] as const
  const { status } = await trial.answered({ kind: 'add', cart, lines })
  return status === 'ok' && (await trial.shows(cart, { 1: 1, 2: 1 }))
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
