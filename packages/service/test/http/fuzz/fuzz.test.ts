import fc, { type GeneratorValue } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeApp } from '../../../../../test/support/app.ts'
import { brokenRequest } from './broken-request.ts'
import { checkAnswer } from './check-answer.ts'
import { checkState } from './check-state.ts'
import { type Choices, choicesOf } from './choices.ts'
import { documentedPath, type Operation, operationsOf } from './operations.ts'
import { requestOf } from './request.ts'
import { injecting, overSocket, type Send } from './send.ts'
import { type Cursors, validRequest } from './valid-request.ts'
import { ENV, openWorld } from './world.ts'

const SEED = 3
/** Requests to the operation under test per world, before the next world is created. */
const IN_ONE_WORLD = 25
const WORLDS = { injected: 80, overSocket: 6 }
/** Minimum share of the requests to an operation that must succeed, and that must be refused. */
const LEAST_SHARE = { succeeded: 0.2, refused: 0.1 }

const clock = { now: () => 0 }
const world = openWorld(() => clock.now())
const made = makeApp({ env: ENV, store: world.store })
const { app } = made
clock.now = () => made.clock.now
app.log.level = 'silent'

/** The operation of the last request. */
interface Reached {
  readonly operation: string | undefined
  readonly cartId: string | undefined
}
const NOWHERE: Reached = { operation: undefined, cartId: undefined }
let reached = NOWHERE
app.addHook('onRequest', async ({ method, routeOptions, params }) => {
  if (routeOptions.url === undefined) return
  reached = {
    operation: `${method} ${documentedPath(routeOptions.url)}`,
    cartId: (params as { id?: string }).id,
  }
})

const operations = operationsOf((await app.inject('/openapi.json')).json())
const byName = new Map(operations.map((each) => [each.name, each]))

/** Sends one request, valid or broken, and checks the outcome. Returns the status. */
async function exchange(
  choices: Choices,
  send: Send,
  operation: Operation,
  memory: { readonly cursors: Cursors; readonly keys: Set<string> },
): Promise<number> {
  made.clock.now += 1
  const before = await world.tend()
  const draft = validRequest(choices, operation, world, memory.cursors)
  const request = choices.chance(50) ? requestOf(draft) : brokenRequest(choices, draft)
  reached = NOWHERE
  const answer = await send(request)
  try {
    const answering = byName.get(reached.operation ?? '')
    checkAnswer(answering, answer)
    checkState({ request, answer, ...reached, before, after: await world.look() })
    checkReplay(answer.headers['idempotency-replayed'], request.headers['idempotency-key'])
    if (answer.status < 300) remember(answer.body)
  } catch (error) {
    const shown = { ...request, body: request.body?.toString() }
    throw new Error(`${JSON.stringify(shown)} got ${JSON.stringify(answer)}`, {
      cause: error,
    })
  }
  return answer.status

  function checkReplay(replayed: string | undefined, key: string | undefined): void {
    const merge = reached.operation?.endsWith('/merge')
    if (replayed === 'true' && !merge && !memory.keys.has(key ?? ''))
      throw new Error('a replay of a change that was never made')
    if (answer.status < 300 && key !== undefined) memory.keys.add(key)
  }
  function remember(body: string): void {
    const cursor = body === '' ? undefined : JSON.parse(body).next_cursor
    if (typeof cursor === 'string') memory.cursors.set(operation.name, cursor)
  }
}

/** Fuzzes one operation; one request in six goes to another operation. Returns the statuses of its responses. */
async function fuzz(
  operation: Operation,
  send: Send,
  worlds: number,
): Promise<Map<number, number>> {
  const statuses = new Map<number, number>()
  const property = async (g: GeneratorValue) => {
    const choices = choicesOf(g)
    const memory = { cursors: new Map(), keys: new Set<string>() }
    await world.reset()
    for (let i = 0; i < IN_ONE_WORLD; i++) {
      const status = await exchange(choices, send, operation, memory)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (choices.chance(20)) await exchange(choices, send, choices.pick(operations), memory)
    }
  }
  await fc.assert(fc.asyncProperty(fc.gen(), property), {
    seed: SEED,
    numRuns: worlds,
    endOnFailure: true,
  })
  return statuses
}

function expectShares(statuses: Map<number, number>, sent: number): void {
  const count = (from: number, to: number) =>
    [...statuses].reduce((sum, [status, n]) => sum + (status >= from && status < to ? n : 0), 0)
  expect(count(200, 500)).toBe(sent)
  expect(count(200, 300)).toBeGreaterThan(sent * LEAST_SHARE.succeeded)
  expect(count(400, 500)).toBeGreaterThan(sent * LEAST_SHARE.refused)
}

describe('every operation under generated requests, valid and broken', () => {
  it.each(operations.map((operation) => [operation.name, operation]))(
    '%s responds as documented and changes nothing beyond its response',
    async (_, operation) => {
      const statuses = await fuzz(operation, injecting(app), WORLDS.injected)
      expectShares(statuses, WORLDS.injected * IN_ONE_WORLD)
    },
  )
})

describe('every operation over connections', () => {
  let send: Send
  beforeAll(async () => {
    await app.listen({ host: '127.0.0.1', port: 0 })
    send = overSocket((app.server.address() as { port: number }).port)
  })
  afterAll(() => app.close())

  it.each(operations.map((operation) => [operation.name, operation]))(
    '%s',
    async (_, operation) => {
      const statuses = await fuzz(operation, send, WORLDS.overSocket)
      expectShares(statuses, WORLDS.overSocket * IN_ONE_WORLD)
    },
  )
})
