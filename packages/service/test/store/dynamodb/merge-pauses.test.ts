import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useDynamo } from '../../../../../test/support/dynamodb.ts'
import type { CartStore, ChangeOptions } from '../../../src/store/cart-store.ts'
import { create, line, options, strong, T0 } from '../../contract/fixtures.ts'
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

const CALLS: Readonly<Record<string, Call>> = {
  merge,
  refused,
  opposite,
  checkout,
  addToSource,
  look,
  add,
}

/**
 * What pauses; then the callers, the order of their requests (finished callers are skipped, and afterwards each caller
 * runs to its end), their results, and the units of target and source as readers see them.
 */
const PAUSES = `
a merge that pauses before its freeze while another completes
  merge merge | 00 11111 | replay 3, 3 | 7 0
a merge that pauses before its commit while another completes
  merge merge | 000 1111 | replay 3, 3 | 7 0
a merge that pauses before its commit while another completes and the target is checked out
  merge merge checkout | 000 1111 22 | replay 4, 3, 4 | 7 0
a merge that pauses before its commit while another completes and the target changes
  merge merge add | 000 1111 2 | replay 4, 3, 4 | 8 0
a merge that pauses before its commit while the target is checked out
  merge checkout | 000 11 | CART_NOT_ACTIVE, 3 | 2 5
a merge that pauses before its commit while its source is thawed
  merge refused | 000 1111 | 3, CART_UNITS_LIMIT | 7 0
a refusal that pauses before its fence while the merge is committed
  merge refused | 000 11 0 11 | 3, replay 3 | 7 0
a refusal that pauses before its thaw while the merge is taken up under the next term and committed
  merge refused | 000 111 0 00 0 0 1 | 3, replay 3 | 7 0
a refusal that thaws just after the source was taken under the next term
  merge refused | 000 111 0 00 0 1 | 3, replay 3 | 7 0
a refusal that knows the source of before and the target of after another refusal
  merge refused refused | 2 000 1111 0 00 0 22 0 | 3, CART_UNITS_LIMIT, CART_UNITS_LIMIT | 7 0
opposite merges that both have frozen their source: one takes the other back
  merge opposite | 00 11 0 1 | 3, CART_NOT_ACTIVE | 7 0
a merge that pauses before its commit while its source is added to
  merge addToSource | 000 ${'1'.repeat(40)} | 3, 3 | 8 0
a reader that pauses between the carts while the merge is taken back, its source added to, and merged anew
  merge refused addToSource look | 000 3 1111 2 0 00 0 0 3 3 | 3, CART_UNITS_LIMIT, 3, 4 | 8 0
an add to a source that waits while the merge is committed
  merge addToSource | 000 1111 0 | 3, CART_NOT_ACTIVE | 7 0
`

const pauses = [...PAUSES.matchAll(/^(\S.*)\n {2}(.*) \| (.*) \| (.*) \| (.*)$/gm)].map((match) => {
  const [, what = '', names = '', order = '', results = '', left = ''] = match
  const callers = names.split(' ').map((name) => CALLS[name] ?? look)
  return { what, callers, order, results: results.split(', '), left: left.split(' ').map(Number) }
})

async function answerOf(call: Promise<{ version: number; replayed?: boolean }>): Promise<string> {
  try {
    const { version, replayed } = await call
    return replayed === true ? `replay ${version}` : String(version)
  } catch (error) {
    return String((error as { code?: string }).code)
  }
}

describe('callers that pause during a merge', () => {
  it.each(pauses)('$what', async ({ callers, order, results, left }) => {
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
    expect([given, units]).toEqual([results, left])
  })
})
