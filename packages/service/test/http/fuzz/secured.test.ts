import fc, { type GeneratorValue } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../../test/support/app.ts'
import { emptyCart } from '../../../src/cart/cart.ts'
import { brokenRequest } from './broken-request.ts'
import { checkAccess } from './check-access.ts'
import { checkAnswer } from './check-answer.ts'
import { checkState, type Exchange } from './check-state.ts'
import { type Choices, choicesOf } from './choices.ts'
import { documentedPath, type Operation, operationsOf } from './operations.ts'
import { type Request, requestOf } from './request.ts'
import { injecting } from './send.ts'
import { type Caller, openTokens } from './tokens.ts'
import { validRequest } from './valid-request.ts'
import { ENV, openWorld } from './world.ts'

// The requests of `fuzz.test.ts` from customers, the service role and anonymous callers to a service that requires tokens.

const SEED = 4
const IN_ONE_WORLD = 25
const WORLDS = 24

const tokens = await openTokens()
const clock = { now: () => 0 }
const world = openWorld(() => clock.now())
const { authenticate } = tokens
const made = makeApp({ env: ENV, store: world.store, authenticate })
const { app } = made
clock.now = () => made.clock.now
app.log.level = 'silent'

const NOWHERE = { operation: undefined, cartId: undefined }
let reached: Pick<Exchange, 'operation' | 'cartId'> = NOWHERE
app.addHook('onRequest', async ({ method, routeOptions, params }) => {
  if (routeOptions.url === undefined) return
  const operation = `${method} ${documentedPath(routeOptions.url)}`
  reached = { operation, cartId: (params as { id?: string }).id }
})

const send = injecting(app)
const operations = operationsOf((await app.inject('/openapi.json')).json())
const byName = new Map(operations.map((each) => [each.name, each]))

/** Sends one request of a random caller and checks the outcome. Returns the caller and the status. */
async function exchange(choices: Choices, operation: Operation): Promise<[Caller, number]> {
  made.clock.now += 1
  const before = await world.tend()
  const draft = validRequest(choices, operation, world, new Map())
  const plain = choices.chance(75) ? requestOf(draft) : brokenRequest(choices, draft)
  const { caller, authorization } = tokens.pick(choices)
  const { authorization: _, ...headers } = plain.headers
  const request: Request = {
    ...plain,
    headers: { ...headers, ...(authorization !== undefined && { authorization }) },
  }
  reached = NOWHERE
  const answer = await send(request)
  try {
    const happened = { request, answer, ...reached, before, after: await world.look() }
    checkAnswer(byName.get(reached.operation ?? ''), answer)
    checkState(happened)
    checkAccess(caller, happened)
  } catch (error) {
    const shown = { ...request, body: request.body?.toString() }
    throw new Error(`${JSON.stringify([caller, shown])} got ${JSON.stringify(answer)}`, {
      cause: error,
    })
  }
  return [caller, answer.status]
}

describe('a service that requires tokens, with generated requests of any caller', () => {
  it.each(operations.map((operation) => [operation.name, operation]))(
    '%s keeps to each what is theirs',
    async (_, operation) => {
      const counts = { let: 0, refused: 0 }
      const property = async (g: GeneratorValue) => {
        const choices = choicesOf(g)
        await world.reset()
        for (let i = 0; i < IN_ONE_WORLD; i++) {
          const [caller, status] = await exchange(choices, operation)
          if (caller.role !== 'nobody' && status < 300) counts.let += 1
          if (caller.role === 'nobody' && status >= 400) counts.refused += 1
        }
      }
      const settings = { seed: SEED, numRuns: WORLDS, endOnFailure: true }
      await fc.assert(fc.asyncProperty(fc.gen(), property), settings)
      // Some requests must be allowed and some refused, or this would show nothing.
      expect(counts.let).toBeGreaterThan(WORLDS)
      expect(counts.refused).toBeGreaterThan(operation.path.startsWith('/health') ? 0 : WORLDS / 2)
    },
  )
})

describe('checkAccess', () => {
  const id = '019b7ca9-8f2e-72e4-8eb7-e7e0e0d95499'
  const cart = (customerId: number | string, version: number) => ({
    ...emptyCart({
      cartId: id,
      customerId,
      currency: { code: 'USD', digits: 2 },
      now: 0,
      expiresAt: 1000,
    }),
    version,
  })
  const happened = (
    operation: string,
    status: number,
    body: object,
    owner: number | string,
    versions = [2, 2],
  ): Exchange => ({
    operation,
    cartId: id,
    request: { method: '', url: '', headers: {}, body: undefined },
    answer: { status, headers: { 'www-authenticate': 'Bearer' }, body: JSON.stringify(body) },
    before: new Map([[id, cart(owner, versions[0] ?? 0)]]),
    after: new Map([[id, cart(owner, versions[1] ?? 0)]]),
  })
  const ada: Caller = { role: 'customer', customerId: 'ada' }
  const nobody: Caller = { role: 'nobody' }
  const READ = 'GET /shopping-carts/{id}'
  const LIST = 'GET /shopping-carts'

  it.each<[string, Caller, Exchange]>([
    ['an answer to nobody', nobody, happened(READ, 200, {}, 'ada')],
    ['a refusal of a good token', ada, happened(READ, 401, {}, 'ada')],
    ['another’s cart', ada, happened(READ, 200, {}, 7)],
    ['another’s cart that has not changed', ada, happened(READ, 304, {}, 7)],
    ['a listed cart of another', ada, happened(LIST, 200, { carts: [{ customer_id: 7 }] }, 'ada')],
    ['the id of another’s order', ada, happened(LIST, 200, { order_id: id }, 7)],
    ['a word on another’s cart', ada, happened(READ, 409, { error: 'CART_NOT_ACTIVE' }, 7)],
    ['another’s cart changed', ada, happened(LIST, 404, {}, 7, [2, 3])],
    ['a token asked for at random', nobody, happened('GET /products', 401, {}, 7)],
  ])('sees %s', (_, caller, bad) => {
    expect(() => checkAccess(caller, bad)).toThrow()
  })

  it('has nothing against one’s own', () => {
    const own = happened(READ, 200, { shopping_cart_id: id, customer_id: 'ada' }, 'ada')
    expect(() => checkAccess(ada, own)).not.toThrow()
    expect(() => checkAccess({ role: 'service' }, own)).not.toThrow()
  })
})
