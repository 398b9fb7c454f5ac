import type { CartClient } from '../../cart-api/cart-client.ts'
import type { HttpResponse } from '../../cart-api/exchange.ts'
import { LabError, UnreachableError } from '../../errors/lab-error.ts'
import { requestOf } from './invocation.ts'
import { type KindsTried, tryKinds } from './kinds-tried.ts'
import { openTrial, type Trial } from './trial.ts'

/** What a service can do, found by trying; of `kinds`, get, create and add always work. */
export interface Abilities extends KindsTried {
  /** Responses to changes and reads name the version of the cart. */
  readonly versions: boolean
  /** A change that is repeated under its Idempotency-Key is applied once: adds, and creates. */
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
 * Finds out what a service can do, with carts that it creates and leaves behind.
 *
 * @param customer the owner of the carts
 * @throws UnreachableError when nothing responds; UnusableService when creating, adding or reading does not work
 */
export async function probeAbilities(client: CartClient, customer: string): Promise<Abilities> {
  const { api, ask } = client
  const trial = openTrial(client, customer)
  const created = await trial.send({ kind: 'create', cart: '', customer })
  if (created.status === 0 && created.error !== undefined)
    throw new UnreachableError(client.host, created.error)
  requireSuccess('a cart could not be created', created, api.operation('create').expected)
  const cart = api.read.cartId(created.body)
  if (cart === undefined)
    throw new UnusableService(`a cart could not be created: the response has ${api.noCartId}`)
  const added = await trial.send({ kind: 'add', cart, lines: [['1', 2]] })
  requireSuccess('an add was refused', added, api.operation('add').expected)
  if (!(await trial.shows(cart, { 1: 2 })))
    throw new UnusableService('what was added to a cart does not show in it')
  const version = api.read.version(await trial.send({ kind: 'get', cart, read: 'strong' }))
  const versions = version !== undefined && api.read.version(added) === version
  const modes = isRefused(await ask('get', { cart, consistency: 'nonsense' }))
  const keys = await honoursKeys(trial, cart)
  const tried = await tryKinds(trial)
  const [, list] = requestOf({ kind: 'list', cart: '', customer }, false)
  const listed = await ask('list', list)
  const lists = listed.status === 200 && api.read.page(listed.body) !== undefined
  return {
    ...tried,
    kinds: ['create', 'get', 'add', ...tried.kinds, ...(lists ? (['list'] as const) : [])],
    versions,
    keys,
    keyedCreates: keys && (await honoursKeyOfCreate(trial, customer)),
    conditional: versions && (await honoursConditions(trial)),
    batches: await takesBatches(trial),
    modes,
    sessions: versions && modes && isRefused(await ask('get', { cart, minVersion: 'nonsense' })),
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
  const madeBy = async () => trial.api.read.cartId((await trial.send(create)).body)
  const first = await madeBy()
  return first !== undefined && (await madeBy()) === first
}

/** A version that the cart cannot have is refused, and its current version is not. */
async function honoursConditions(trial: Trial): Promise<boolean> {
  const cart = await trial.cartWith({ 1: 1 })
  if (cart === undefined) return false
  const set = { kind: 'set', cart, lines: [['1', 2]] } as const
  if ((await trial.send({ ...set, if_version: [999_999] })).status !== 412) return false
  const version = trial.api.read.version(await trial.send({ kind: 'get', cart, read: 'strong' }))
  if (version === undefined) return false
  return (await trial.completion({ ...set, if_version: [version] })).status === 'ok'
}

async function takesBatches(trial: Trial): Promise<boolean> {
  const cart = await trial.cartWith({})
  if (cart === undefined) return false
  const lines = [
    ['1', 1],
    ['2', 1],
  ] as const
  const { status } = await trial.completion({ kind: 'add', cart, lines })
  return status === 'ok' && (await trial.shows(cart, { 1: 1, 2: 1 }))
}

/** A service that reads a parameter refuses nonsense in it. */
function isRefused({ status }: HttpResponse): boolean {
  return status === 400 || status === 422
}

function requireSuccess(what: string, { status, error }: HttpResponse, expected: string): void {
  if (error !== undefined) throw new UnusableService(`${what}: ${error}`)
  if (status < 200 || status >= 300)
    throw new UnusableService(`${what}: expected ${expected}, got ${status}`)
}
