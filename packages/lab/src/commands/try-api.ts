import { setTimeout as sleep } from 'node:timers/promises'
import { productsOf } from '../cart-api/access.ts'
import type { ApiOperation, Id, Values } from '../cart-api/api.ts'
import { type CartClient, type OperationResponse, openCartClient } from '../cart-api/cart-client.ts'
import { describeRequest, describeResponse } from '../cart-api/describe-exchange.ts'
import { explainRefusal } from '../cart-api/explain-refusal.ts'
import { type AccessOptions, openAccess } from '../cart-api/open-access.ts'
import { setUp } from '../cart-api/set-up.ts'
import { EXIT, type ExitCode } from '../errors/exit-codes.ts'
import { UnreachableError } from '../errors/lab-error.ts'
import type { CommandIo } from '../terminal/io.ts'

export interface TryApiOptions extends AccessOptions {
  readonly host: string
}

/** A step of the walk: an operation, its values, and what its response has to show. */
interface Step {
  readonly operation: ApiOperation
  readonly values: Values
  /** What was read; a problem where it is not what was meant. */
  readonly read: (response: OperationResponse) => Reading
}

type Reading = { readonly found: string } | { readonly problem: string }

/**
 * `pushcart api try`: sends each operation of an API once, prints the requests, the responses and what was read from
 * them, and ends at the first operation that does not work, with one line on what to correct.
 *
 * @throws LabError
 */
export async function tryApiCommand(options: TryApiOptions, io: CommandIo): Promise<ExitCode> {
  const { host } = options
  const { signal } = io
  const access = await setUp(host, await openAccess(options), {
    signal,
    onStep(request, status, found) {
      io.out(`set-up  ${request}`)
      io.out(`        read: ${[status, ...found].join(', ')}`)
    },
  })
  const client = openCartClient(host, { access, signal })
  try {
    const created = await walk(client, io, createStep(client))
    if (created?.cart === undefined) return EXIT.checkFailed
    for (const step of stepsOn(client, created.cart))
      if ((await walk(client, io, step)) === undefined) return EXIT.checkFailed
    io.out(
      `The API ${client.api.name} fits. Next: npx pushcart consistency --host ${host}${options.api === undefined ? '' : ` --api ${options.api}`} --seconds 10`,
    )
    return EXIT.good
  } finally {
    await client.close()
  }
}

function createStep({ api }: CartClient): Step {
  return {
    operation: 'create',
    values: { customer: 1 },
    read: ({ cart }) =>
      cart === undefined
        ? { problem: `the response has ${api.noCartId}: correct cart.id` }
        : { found: `cart ${cart}` },
  }
}

/** What is done with a cart: an add, a second one of the same product, and what else the API has. */
function stepsOn(client: CartClient, cart: string): Step[] {
  const { api, access } = client
  const [product = 1] = productsOf(access)
  const [first, more] = access.singleUnits ? [1, 1] : [2, 3]
  const held = api.addSets ? more : first + more
  const line = (quantity: number) => ({ cart, product, quantity })
  const done = (): Reading => ({ found: 'accepted' })
  const steps: Step[] = [
    { operation: 'add', values: line(first), read: done },
    { operation: 'get', values: { cart }, read: reads(client, product, first) },
    { operation: 'add', values: line(more), read: done },
    { operation: 'get', values: { cart }, read: reads(client, product, held) },
    { operation: 'set', values: line(7), read: done },
    { operation: 'remove', values: { cart, product }, read: done },
    { operation: 'list', values: { customer: 1 }, read: readsList(client) },
    { operation: 'add', values: line(first), read: done },
    { operation: 'checkout', values: { cart }, read: done },
  ]
  const known = steps.filter(({ operation }) => api.has(operation))
  // The last add only prepares the checkout.
  return api.has('checkout') ? known : known.slice(0, -1)
}

function reads({ api, access }: CartClient, product: Id, wanted: number): Step['read'] {
  return ({ body }) => {
    const lines = api.read.units(body)
    if (lines === undefined)
      return {
        problem: `no lines at ${api.linesAt}: correct cart.lines, cart.product or cart.quantity`,
      }
    const shown = lines.map(([id, quantity]) => `${quantity} of ${id}`).join(', ') || 'no lines'
    const units = lines.find(([id]) => id === String(product))?.[1] ?? 0
    if (units === wanted) return { found: shown }
    return {
      problem: `${shown}, where ${wanted} of ${product} were expected${advice(units, wanted)}`,
    }
  }
  function advice(units: number, expected: number): string {
    if (units === 3 && expected === 5) return ': say `quantity: absolute` at add if an add sets it'
    if (units === 1 && !access.singleUnits) return ': go on with --single-units if that is meant'
    return ': correct cart.product or cart.quantity'
  }
}

function readsList({ api }: CartClient): Step['read'] {
  return ({ body }) => {
    const page = api.read.page(body)
    if (page === undefined) return { problem: 'no carts were read: correct carts.entries' }
    return { found: `${page.carts.length} carts` }
  }
}

const READS = 10
const READ_INTERVAL_MS = 100

/** Executes a step and prints it; `undefined` when it has not worked. */
async function walk(
  client: CartClient,
  io: CommandIo,
  { operation, values, read }: Step,
): Promise<OperationResponse | undefined> {
  const { api, redact } = client
  const isRead = (shown: OperationResponse) => 'found' in read(shown)
  let response = await client.ask(operation, values)
  // An eventual read may show a change late.
  for (let reads = 1; operation === 'get' && reads < READS && !isRead(response); reads++) {
    await sleep(READ_INTERVAL_MS)
    response = await client.ask(operation, values)
  }
  const { request, status, error, body } = response
  if (status === 0 && error !== undefined) throw new UnreachableError(client.host, error)
  const name = operation.padEnd(8)
  if (request !== undefined) io.out(`${name}${describeRequest(request, redact)}`)
  io.out(`        ${describeResponse(response, redact)}`)
  const works = api.operation(operation).accepts(status) && api.read.problem(body) === undefined
  if (!works) {
    io.err(`failed: ${operation}: ${explainRefusal(client, operation, response)}`)
    return undefined
  }
  const reading = read(response)
  if ('problem' in reading) {
    io.err(`failed: ${operation}: ${redact(reading.problem)}`)
    return undefined
  }
  io.out(`        read: ${redact(reading.found)}`)
  return response
}
