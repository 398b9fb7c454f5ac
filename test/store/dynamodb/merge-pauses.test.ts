import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CartStore, ChangeOptions } from '../../../src/store/cart-store.ts'
import { create, line, options, strong, T0 } from '../../contract/fixtures.ts'
import { useDynamo } from '../../support/dynamodb.ts'
import { type GatedStore, open, openGatedStore } from './gated-store.ts'
import { openScheduler } from './scheduler.ts'

const dynamo = useDynamo()
let store: CartStore
let gated: GatedStore[]
beforeAll(async () => {
  const tableName = dynamo.newTableName()
  gated = []
  for (let i = 0; i < 4; i++) gated.push(await openGatedStore(dynamo, tableName))
  store = (await openGatedStore(dynamo, tableName)).store
})
afterAll(async () => {
  await Promise.all([store, ...gated.map((each) => each.store)].map((each) => each.close()))
})

/** One caller, for the target with 2 units of product 1 and the source with 5 units of product 1. */
type Call = (store: CartStore, target: string, source: string) => Promise<{ version: number }>

const within =
  (change: ChangeOptions): Call =>
  (own, target, source) =>
    own.mergeCart(target, { fromCartId: source, strategy: 'sum' }, change)
/** Undisturbed: read S, read T, freeze, commit, clear. */
const merge = within(options())
/** Refused by its limits. If another caller has frozen the source: read S, read T, fence, thaw. */
const refused = within(options(T0, { maxUnits: 6 }))
const opposite: Call = (own, target, source) =>
  own.mergeCart(source, { fromCartId: target, strategy: 'sum' }, options())
const checkout: Call = (own, target) => own.checkout(target, options())
const addToSource: Call = (own, _target, source) => own.addLines(source, [line(1)], options())
const look: Call = (own, _target, source) => own.getCart(source, strong())
const add: Call = (own, target) => own.addLines(target, [line(1)], options())

interface Pause {
  readonly what: string
  readonly callers: readonly Call[]
  /** The callers in the order of their requests; finished callers are skipped. Afterwards each caller runs to its end. */
  readonly order: string
  readonly answers: readonly string[]
  /** Units of the target and of the source, as readers see them. */
  readonly left: readonly [number, number]
}

const pauses: Pause[] = [
  {
    what: 'a merge that pauses before its freeze while another completes',
    callers: [merge, merge],
    order: '00 11111',
    answers: ['replay 3', '3'],
    left: [7, 0],
  },
  {
    what: 'a merge that pauses before its commit while another completes',
    callers: [merge, merge],
    order: '000 1111',
    answers: ['replay 3', '3'],
    left: [7, 0],
  },
  {
    what: 'a merge that pauses before its commit while another completes and the target is checked out',
    callers: [merge, merge, checkout],
    order: '000 1111 22',
    answers: ['replay 4', '3', '4'],
    left: [7, 0],
  },
  {
    what: 'a merge that pauses before its commit while another completes and the target changes',
    callers: [merge, merge, add],
    order: '000 1111 2',
    answers: ['replay 4', '3', '4'],
    left: [8, 0],
  },
  {
    what: 'a merge that pauses before its commit while the target is checked out',
    callers: [merge, checkout],
    order: '000 11',
    answers: ['CART_NOT_ACTIVE', '3'],
    left: [2, 5],
  },
  {
    what: 'a merge that pauses before its commit while its source is thawed',
    callers: [merge, refused],
    order: '000 1111',
    answers: ['3', 'CART_UNITS_LIMIT'],
    left: [7, 0],
  },
  {
    what: 'a refusal that pauses before its fence while the merge is committed',
    callers: [merge, refused],
    order: '000 11 0 11',
    answers: ['3', 'replay 3'],
    left: [7, 0],
  },
  {
    what: 'a refusal that pauses before its thaw while the merge is taken up under the next term and committed',
    callers: [merge, refused],
    order: '000 111 0 00 0 0 1',
    answers: ['3', 'replay 3'],
    left: [7, 0],
  },
  {
    what: 'a refusal that thaws just after the source was taken under the next term',
    callers: [merge, refused],
    order: '000 111 0 00 0 1',
    answers: ['3', 'replay 3'],
    left: [7, 0],
  },
  {
    what: 'a refusal that knows the source of before and the target of after another refusal',
    callers: [merge, refused, refused],
    order: '2 000 1111 0 00 0 22 0',
    answers: ['3', 'CART_UNITS_LIMIT', 'CART_UNITS_LIMIT'],
    left: [7, 0],
  },
  {
    what: 'opposite merges that both have frozen their source: one takes the other back',
    callers: [merge, opposite],
    order: '00 11 0 1',
    answers: ['3', 'CART_NOT_ACTIVE'],
    left: [7, 0],
  },
  {
    what: 'a merge that pauses before its commit while its source is added to',
    callers: [merge, addToSource],
    order: `000 ${'1'.repeat(40)}`,
    answers: ['3', '3'],
    left: [8, 0],
  },
  {
    what: 'a reader that pauses between the carts while the merge is taken back, its source added to, and merged anew',
    callers: [merge, refused, addToSource, look],
    order: '000 3 1111 2 0 00 0 0 3 3',
    answers: ['3', 'CART_UNITS_LIMIT', '3', '4'],
    left: [8, 0],
  },
  {
    what: 'an add to a source that waits while the merge is committed',
    callers: [merge, addToSource],
    order: '000 1111 0',
    answers: ['3', 'CART_NOT_ACTIVE'],
    left: [7, 0],
  },
]

async function answerOf(call: Promise<{ version: number; replayed?: boolean }>): Promise<string> {
  try {
    const { version, replayed } = await call
    return replayed === true ? `replay ${version}` : String(version)
  } catch (error) {
    return String((error as { code?: string }).code)
  }
}

describe('callers that pause during a merge', () => {
  it.each(pauses)('$what', async ({ callers, order, answers, left }) => {
    const [target, source] = [await create(store), await create(store)]
    await store.addLines(target, [line(1, 2)], options())
    await store.addLines(source, [line(1, 5)], options())
    const turns = [...order.replaceAll(' ', '')].map(Number)
    const scheduler = openScheduler(callers.length, (waiting) => {
      for (let next = turns.shift(); next !== undefined; next = turns.shift())
        if (waiting.includes(next)) return next
      return waiting[0] ?? 0
    })
    const given: string[] = []
    await scheduler.run(
      callers.map((call, i) => async () => {
        const { store: own, gate } = gated[i] ?? { store, gate: () => {} }
        gate(scheduler.gates[i] ?? open)
        given[i] = await answerOf(call(own, target, source))
        gate(open)
      }),
    )
    const units = await Promise.all(
      [target, source].map(async (id) => {
        const { lines } = await store.getCart(id, strong())
        return lines.reduce((sum, { quantity }) => sum + quantity, 0)
      }),
    )
    expect([given, units]).toEqual([answers, left])
  })
})
