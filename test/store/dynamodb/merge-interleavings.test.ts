import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cart } from '../../../src/cart/cart.ts'
import type { CartStore, ChangeOptions } from '../../../src/store/cart-store.ts'
import { create, keyed, line, options, strong, T0 } from '../../contract/fixtures.ts'
import { useDynamo } from '../../support/dynamodb.ts'
import { type GatedStore, killedAt, open, openGatedStore } from './gated-store.ts'
import { openScheduler } from './scheduler.ts'

const MOST_CALLERS = 5
const dynamo = useDynamo()
let store: CartStore
let gated: GatedStore[]
let client: DynamoDBClient
let tableName: string
beforeAll(async () => {
  tableName = dynamo.newTableName()
  store = (await openGatedStore(dynamo, tableName)).store
  gated = []
  for (let i = 0; i < MOST_CALLERS; i++) gated.push(await openGatedStore(dynamo, tableName))
  client = new DynamoDBClient(dynamo.clientConfig())
})
afterAll(async () => {
  await Promise.all([store, ...gated.map((each) => each.store)].map((each) => each.close()))
  client.destroy()
})

type Act =
  | { readonly do: 'merge'; readonly into: number; readonly from: number; readonly tight: boolean }
  | { readonly do: 'add' | 'checkout' | 'look'; readonly cart: number }

interface Caller {
  readonly act: Act
  readonly key: string | undefined
  /** Where the caller is killed, if it is. */
  readonly kill: { readonly n: number; readonly when: 'before' | 'after' } | undefined
}

/** Units of products 1, 2, 3 in carts 0, 1, 2; caller i adds `ADDED` units of product 10 + i. */
const HELD = [5, 7, 11]
const ADDED = 3
/** A limit that allows no merge of two of these carts. */
const TIGHT = 11

const merging = (into: number, from: number, tight = false): Act => ({
  do: 'merge',
  into,
  from,
  tight,
})
/** The calls beside a merge of cart 1 into cart 0. A refused merge thaws what another caller has frozen. */
const act = fc.oneof(
  { weight: 4, arbitrary: fc.constant(merging(0, 1)) },
  { weight: 4, arbitrary: fc.constant(merging(0, 1, true)) },
  { weight: 2, arbitrary: fc.constantFrom(merging(1, 0), merging(1, 0, true)) },
  { weight: 1, arbitrary: fc.constantFrom(merging(0, 2), merging(2, 0), merging(2, 1)) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('add' as const, 'checkout' as const),
      cart: fc.constantFrom(0, 1),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('look' as const), cart: fc.constantFrom(0, 1) }),
  },
)
const kill = fc.record({
  n: fc.integer({ min: 1, max: 6 }),
  when: fc.constantFrom('before' as const, 'after' as const),
})
const callers = (kills: boolean) =>
  fc
    .array(
      fc.record({
        act,
        key: fc.constantFrom(undefined, 'k1', 'k2'),
        kill: kills ? fc.option(kill, { nil: undefined }) : fc.constant(undefined),
      }),
      { minLength: 1, maxLength: MOST_CALLERS - 2 },
    )
    .map((others): Caller[] => [
      { act: merging(0, 1), key: undefined, kill: undefined },
      { act: { do: 'look', cart: 1 }, key: undefined, kill: undefined },
      ...others,
    ])
/** Which of the waiting callers continues; runs of one caller are as likely as switches. */
const schedule = fc.infiniteStream(fc.integer({ min: 0, max: 11 }))

interface Answer {
  readonly caller: Caller
  readonly outcome: { version: number; replayed: boolean } | { error: string } | readonly Cart[]
}

/** How often a reading caller reads. */
const LOOKS = 4

async function look(from: CartStore, cartId: string): Promise<Cart[]> {
  const seen: Cart[] = []
  for (let i = 0; i < LOOKS; i++) seen.push(await from.getCart(cartId, strong()))
  return seen
}

function perform(target: CartStore, carts: readonly string[], number: number, caller: Caller) {
  const id = (index: number) => carts[index] ?? ''
  const { act: what, key } = caller
  const limits = what.do === 'merge' && what.tight ? { maxUnits: TIGHT } : {}
  const terms: ChangeOptions = {
    // A separate time per caller, so that a version with another caller's times is detected.
    ...options(T0 + number * 10_000),
    ...(key !== undefined && { key: keyed(key, undefined, JSON.stringify([number, what])).key }),
    limits: { ...options().limits, ...limits },
  }
  if (what.do === 'merge') {
    const merge = { fromCartId: id(what.from), strategy: 'sum' as const }
    return target.mergeCart(id(what.into), merge, terms)
  }
  if (what.do === 'look') return look(target, id(what.cart))
  return what.do === 'add'
    ? target.addLines(id(what.cart), [line(10 + number, ADDED)], terms)
    : target.checkout(id(what.cart), terms)
}

/** Runs the callers on three new carts in that order of requests. */
async function play(team: readonly Caller[], order: Iterator<number>) {
  const carts: string[] = []
  for (const [i, units] of HELD.entries()) {
    const cartId = await create(store)
    await store.addLines(cartId, [line(i + 1, units)], options())
    carts.push(cartId)
  }
  let last = 0
  const scheduler = openScheduler(team.length, (waiting) => {
    const pick = Number(order.next().value)
    if (pick < 6 && waiting.includes(last)) return last
    last = waiting[pick % waiting.length] ?? 0
    return last
  })
  const answers: Answer[] = []
  await scheduler.run(
    team.map((caller, i) => async () => {
      const { store: own, gate } = gated[i] ?? { store, gate: () => {} }
      const turn = scheduler.gates[i] ?? open
      gate(caller.kill ? killedAt(caller.kill.n, caller.kill.when, turn).gate : turn)
      const outcome = await perform(own, carts, i, caller).catch((error) => ({
        error: String(error.code),
      }))
      gate(open)
      answers.push({ caller, outcome })
    }),
  )
  return { carts, answers }
}

/** Units by product in all carts that were not merged. */
async function unitsIn(carts: readonly string[]): Promise<Map<unknown, number>> {
  const units = new Map<unknown, number>()
  for (const cartId of carts) {
    const { lines } = await store.getCart(cartId, strong())
    for (const { productId, quantity } of lines)
      units.set(productId, (units.get(productId) ?? 0) + quantity)
  }
  return units
}

async function pendingIn(carts: readonly string[]): Promise<string[]> {
  const items = await Promise.all(
    carts.map((cartId) =>
      client.send(new GetItemCommand({ TableName: tableName, Key: { cart_id: { S: cartId } } })),
    ),
  )
  return items.flatMap(({ Item }) =>
    Item?.merge_term === undefined ? [] : [Item.cart_id?.S ?? ''],
  )
}

const REFUSALS = ['CART_NOT_ACTIVE', 'CART_UNITS_LIMIT', 'IDEMPOTENCY_KEY_REUSED']

/** No reader sees a cart go back to an older version, or a version with two contents. */
async function checkLooks(carts: readonly string[], answers: readonly Answer[]) {
  const now = await Promise.all(carts.map((cartId) => store.getCart(cartId, strong())))
  const looks = answers.flatMap(({ outcome }) => ('length' in outcome ? [outcome] : []))
  const contents = new Map<string, Cart>()
  for (const cart of [...now, ...looks.flat()]) {
    const id = `${cart.cartId} ${cart.version}`
    expect(cart, 'a version with two contents').toEqual(contents.get(id) ?? cart)
    contents.set(id, cart)
  }
  for (const seen of looks) {
    const versions = seen.map(({ version }) => version)
    expect(versions, 'a cart that went back').toEqual(versions.toSorted((a, b) => a - b))
  }
}

/** Every version was made by an acknowledged change. */
async function checkNoGaps(carts: readonly string[], answers: readonly Answer[]) {
  const made = (does: (act: Act) => boolean) =>
    answers.filter(
      ({ caller, outcome }) => does(caller.act) && 'version' in outcome && !outcome.replayed,
    ).length
  for (const [i, cartId] of carts.entries()) {
    const { version, status } = await store.getCart(cartId, strong())
    const changes = made((act) => ('into' in act ? act.into : act.do !== 'look' && act.cart) === i)
    expect(version).toBe(2 + changes + (status === 'merged' ? 1 : 0))
  }
}

async function checkVersions(carts: readonly string[], answers: readonly Answer[]) {
  const made = answers.flatMap(({ caller, outcome }) => {
    const id = caller.act.do === 'merge' ? caller.act.into : caller.act.cart
    return 'version' in outcome && !outcome.replayed ? [`${id} ${outcome.version}`] : []
  })
  expect(new Set(made).size, 'versions given out twice').toBe(made.length)
  for (const { caller, outcome } of answers) {
    if (caller.act.do !== 'checkout' || !('version' in outcome)) continue
    const order = await store.getOrder(carts[caller.act.cart] ?? '')
    expect(order.version, 'an order that changed').toBe(outcome.version)
  }
}

describe('merges, adds and checkouts with interleaved requests', () => {
  const check = (
    kills: boolean,
    property: (team: Caller[], order: Iterator<number>) => Promise<void>,
  ) =>
    fc.assert(
      fc.asyncProperty(callers(kills), schedule, (team, order) =>
        property(team, order[Symbol.iterator]()),
      ),
      {
        seed: Number(process.env.MERGE_SEED ?? 20_260_103),
        numRuns: Number(process.env.MERGE_RUNS ?? 80),
      },
    )

  it('keep every unit exactly once, return every version once and leave nothing incomplete', async () => {
    await check(false, async (team, order) => {
      const { carts, answers } = await play(team, order)
      const expected = new Map<unknown, number>(HELD.map((units, i) => [i + 1, units]))
      team.forEach((caller, i) => {
        const answer = answers.find((each) => each.caller === caller)
        if (caller.act.do === 'add' && answer && 'version' in answer.outcome)
          expected.set(10 + i, ADDED)
      })
      expect(await unitsIn(carts)).toEqual(expected)
      expect(await pendingIn(carts)).toEqual([])
      for (const { outcome } of answers)
        if ('error' in outcome) expect(REFUSALS).toContain(outcome.error)
      await checkVersions(carts, answers)
      await checkNoGaps(carts, answers)
      await checkLooks(carts, answers)
    })
  })

  it('do the same when callers are killed and their merges are then repeated', async () => {
    await check(true, async (team, order) => {
      const { carts, answers } = await play(team, order)
      await checkVersions(carts, answers)
      await checkLooks(carts, answers)
      // Twice, because the second of two opposite merges may undo the first.
      for (const caller of [...team, ...team])
        if (caller.act.do === 'merge')
          await perform(store, carts, team.indexOf(caller), caller).catch((error) =>
            expect(REFUSALS).toContain(error.code),
          )
      const units = await unitsIn(carts)
      for (const [i, held] of HELD.entries()) expect(units.get(i + 1)).toBe(held)
      team.forEach((caller, i) => {
        const killed = answers.find((each) => each.caller === caller && 'error' in each.outcome)
        if (caller.act.do !== 'add') expect(units.has(10 + i)).toBe(false)
        else if (killed === undefined) expect(units.get(10 + i)).toBe(ADDED)
        else expect([undefined, ADDED]).toContain(units.get(10 + i))
      })
      const left = await pendingIn(carts)
      // A source that was merged before its caller was killed may remain uncleared, nothing else.
      for (const cartId of left)
        expect(await store.getCart(cartId, strong())).toMatchObject({ status: 'merged', lines: [] })
    })
  })
})
