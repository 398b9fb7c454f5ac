import type { Access } from '../../cart-api/access.ts'
import type { ApiOperation } from '../../cart-api/api.ts'
import type { CartClient, OperationResponse } from '../../cart-api/cart-client.ts'
import { describeResponse } from '../../cart-api/describe-exchange.ts'
import type { HttpResponse } from '../../cart-api/exchange.ts'
import { explainRefusal } from '../../cart-api/explain-refusal.ts'
import { LabError, UnreachableError } from '../../errors/lab-error.ts'
import { requestOf } from './invocation.ts'
import { type KindsTried, tryKinds } from './kinds-tried.ts'
import { patientClient } from './patient-client.ts'
import { probeVersions } from './probe-versions.ts'
import { openTrial, type Trial } from './trial.ts'

/** What a service can do, found by trying; of `kinds`, get, create and add always work. */
export interface Abilities extends KindsTried {
  /** Responses to changes and reads name the version of the cart, which every change increases by one. */
  readonly versions: boolean
  /** They name a version, but it only identifies a state of the cart. */
  readonly opaqueVersions: boolean
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
export async function probeAbilities(service: CartClient, customer: string): Promise<Abilities> {
  const client = patientClient(service)
  const { api, ask, access } = client
  const trial = openTrial(client, customer)
  const cart = await requireCart(client, trial, customer)
  const { held } = await requireAdds(client, trial, cart)
  const meaning = await probeVersions(trial, trial.products[0])
  const versions = meaning === 'counted'
  const modes = isRefused(await ask('get', { cart, consistency: 'nonsense' }))
  const keys = !api.addSets && (await honoursKeys(trial, cart, held))
  const tried = await tryKinds(trial)
  const lists = access.customers === undefined && (await listsCarts(client, customer))
  const adds = api.addSets ? [] : (['add'] as const)
  return {
    ...tried,
    kinds: ['create', 'get', ...adds, ...tried.kinds, ...(lists ? (['list'] as const) : [])],
    versions,
    opaqueVersions: meaning === 'opaque',
    keys,
    keyedCreates: keys && (await honoursKeyOfCreate(trial, customer)),
    conditional: versions && (await honoursConditions(trial)),
    batches: api.has('add_many') && (await takesBatches(trial)),
    modes,
    sessions: versions && modes && isRefused(await ask('get', { cart, minVersion: 'nonsense' })),
  }
}

async function requireCart(client: CartClient, trial: Trial, customer: string): Promise<string> {
  const created = await trial.send({ kind: 'create', cart: '', customer })
  requireSuccess('a cart could not be created', client, 'create', created)
  if (created.cart !== undefined) return created.cart
  throw new UnusableService(
    `a cart could not be created: the response has ${client.api.noCartId}: ${explainRefusal(client, 'create', created)}`,
  )
}

/** Adds units twice and requires that they show: an add that sets the quantity would show at the second one only. */
async function requireAdds(client: CartClient, trial: Trial, cart: string) {
  const { api, access } = client
  const [product] = trial.products
  const steps = access.singleUnits ? [1, 1] : [2, 3]
  let held = 0
  let added: OperationResponse | undefined
  for (const units of steps) {
    added = await trial.send({ kind: 'add', cart, lines: [[product, units]] })
    requireSuccess('an add was refused', client, 'add', added)
    held = api.addSets ? units : held + units
    if (!(await trial.shows(cart, { [product]: held }))) await failToShow(client, trial, cart, held)
  }
  return { added, held }
}

/** @throws UnusableService that says what was added, what shows, and what to try */
async function failToShow(client: CartClient, trial: Trial, cart: string, held: number) {
  const { api, access } = client
  const [product] = trial.products
  const read = await trial.send({ kind: 'get', cart, read: 'strong' })
  requireSuccess('a cart could not be read', client, 'get', read)
  const lines = api.read.units(read.body)
  const shown = describeResponse(read, client.redact)
  if (lines === undefined)
    throw new UnusableService(
      `a cart could not be read: no lines at ${api.linesAt} in ${shown}: correct cart.lines, cart.product and cart.quantity of the API file`,
    )
  const seen = lines.find(([id]) => id === product)?.[1] ?? 0
  const added = access.singleUnits || held === 2 ? `${held}` : '2 and then 3'
  const found = `${added} units of product ${product} were added to a cart, and ${seen} ${seen === 1 ? 'is' : 'are'} there`
  throw new UnusableService(
    `what was added does not show: ${found} (${shown})${adviceOn(held, seen, access)}`,
  )
}

function adviceOn(held: number, seen: number, { singleUnits }: Access): string {
  if (held === 5 && seen === 3)
    return ': an add sets the quantity; if that is meant, say `quantity: absolute` at add in an API file'
  if (held === 2 && seen === 1 && singleUnits)
    return ': an add sets the quantity, or is lost; if it is meant to set it, say `quantity: absolute` at add in an API file'
  return singleUnits || seen === 0 ? '' : ': --single-units goes on with adds of one unit'
}

async function listsCarts({ api, ask }: CartClient, customer: string): Promise<boolean> {
  if (!api.has('list')) return false
  const [, values] = requestOf(api, { kind: 'list', cart: '', customer }, false)
  const { status, body } = await ask('list', values)
  return api.operation('list').accepts(status) && api.read.page(body) !== undefined
}

/** @param held the units of the first product in the cart */
async function honoursKeys(trial: Trial, cart: string, held: number): Promise<boolean> {
  const [product] = trial.products
  const add = { kind: 'add', cart, lines: [[product, 1]], key: 'probe-key' } as const
  await trial.send(add)
  await trial.send(add)
  // A stale read could show one add of two: what it shows has to last.
  const once = { [product]: held + 1 }
  const found = await trial.comesTo(cart, [once, { [product]: held + 2 }])
  return found === 0 && (await trial.lasts(cart, once))
}

async function honoursKeyOfCreate(trial: Trial, customer: string): Promise<boolean> {
  const create = { kind: 'create', cart: '', customer, key: `probe-${customer}` } as const
  const madeBy = async () => (await trial.send(create)).cart
  const first = await madeBy()
  return first !== undefined && (await madeBy()) === first
}

/** A version that the cart cannot have is refused, and its current version is not. */
async function honoursConditions(trial: Trial): Promise<boolean> {
  const [product] = trial.products
  const cart = await trial.cartWith({ [product]: 1 })
  if (cart === undefined) return false
  const set = { kind: 'set', cart, lines: [[product, 2]] } as const
  if ((await trial.send({ ...set, if_version: [999_999] })).status !== 412) return false
  const version = trial.api.read.version(await trial.send({ kind: 'get', cart, read: 'strong' }))
  if (version === undefined) return false
  return (await trial.completion({ ...set, if_version: [version] })).status === 'ok'
}

async function takesBatches(trial: Trial): Promise<boolean> {
  const cart = await trial.cartWith({})
  if (cart === undefined) return false
  const [p, q] = trial.products
  const lines = [
    [p, 1],
    [q, 1],
  ] as const
  const { status } = await trial.completion({ kind: 'add', cart, lines })
  return status === 'ok' && (await trial.shows(cart, { [p]: 1, [q]: 1 }))
}

/** A service that reads a parameter refuses nonsense in it. */
function isRefused({ status }: HttpResponse): boolean {
  return status === 400 || status === 422
}

function requireSuccess(
  what: string,
  client: CartClient,
  operation: ApiOperation,
  response: OperationResponse,
): void {
  const { status, error, body } = response
  if (status === 0) throw new UnreachableError(client.host, error ?? 'no response')
  if (error !== undefined) throw new UnusableService(`${what}: ${error}`)
  const problem = client.api.read.problem(body)
  if (problem === undefined && status >= 200 && status < 300) return
  throw new UnusableService(`${what}: ${explainRefusal(client, operation, response)}`)
}
