import { setTimeout as sleep } from 'node:timers/promises'
import { productsOf } from '../../cart-api/access.ts'
import type { CartClient, OperationResponse } from '../../cart-api/cart-client.ts'
import type { CartApi } from '../../cart-api/compile-api.ts'
import { type Completion, completionOf } from './completion.ts'
import { type Invocation, requestOf } from './invocation.ts'

/** Units by product. */
export type Quantities = Readonly<Record<string, number>>

/** How often a read is repeated until it shows what was written: an eventual read may take a second. */
const READS = 12
const READ_INTERVAL_MS = 100

/** Tries operations on a service, to learn what they do there. */
export interface Trial {
  readonly api: CartApi
  /** Two products, by their ids. */
  readonly products: readonly [string, string]
  send(invocation: Invocation): Promise<OperationResponse>
  /** What would be recorded of it. */
  completion(invocation: Invocation): Promise<Completion>
  /** A new cart with these lines, once it shows them; `undefined` if it never does. */
  cartWith(lines: Quantities): Promise<string | undefined>
  /** Which of some states the cart comes to show; -1 if none of them. */
  comesTo(cart: string, states: readonly Quantities[]): Promise<number>
  /** Whether the cart comes to show these lines. */
  shows(cart: string, lines: Quantities): Promise<boolean>
  /** Whether it still shows these lines after a while: what an eventual read showed could have been old. */
  lasts(cart: string, lines: Quantities): Promise<boolean>
  /** Whether reads no longer find the cart. */
  isGone(cart: string): Promise<boolean>
}

/** @param customer the owner of the carts */
export function openTrial({ api, ask, access }: CartClient, customer: string): Trial {
  const send = (invocation: Invocation) => ask(...requestOf(api, invocation, false))
  const read = (cart: string) => send({ kind: 'get', cart, read: 'strong' })
  const linesIn = async (cart: string) => api.read.units((await read(cart)).body) ?? []

  async function comesTo(cart: string, states: readonly Quantities[]): Promise<number> {
    for (let count = 0; count < READS; count++) {
      const lines = await linesIn(cart)
      const found = states.findIndex((state) => isSame(lines, state))
      if (found >= 0) return found
      await sleep(READ_INTERVAL_MS)
    }
    return -1
  }

  const [first = 1, second = 2] = productsOf(access)

  /** An add of some units, or so many adds of one unit. */
  async function add(cart: string, [product, quantity]: readonly [string, number]) {
    const steps = access.singleUnits && !api.addSets ? Array<number>(quantity).fill(1) : [quantity]
    for (const units of steps) await send({ kind: 'add', cart, lines: [[product, units]] })
  }

  return {
    api,
    products: [String(first), String(second)],
    send,
    completion: async (invocation) => completionOf(api, invocation, await send(invocation)),
    comesTo,
    shows: async (cart, lines) => (await comesTo(cart, [lines])) === 0,
    async cartWith(lines) {
      const created = await send({ kind: 'create', cart: '', customer })
      const { cart } = created
      if (cart === undefined) return undefined
      for (const line of Object.entries(lines)) await add(cart, line)
      return (await comesTo(cart, [lines])) === 0 ? cart : undefined
    },
    async lasts(cart, lines) {
      await sleep(2 * READ_INTERVAL_MS)
      return isSame(await linesIn(cart), lines)
    },
    async isGone(cart) {
      for (let count = 0; count < READS; count++) {
        if ((await read(cart)).status === 404) return true
        await sleep(READ_INTERVAL_MS)
      }
      return false
    },
  }
}

function isSame(lines: readonly (readonly [string, number])[], wanted: Quantities): boolean {
  return (
    lines.length === Object.keys(wanted).length &&
    lines.every(([product, quantity]) => wanted[product] === quantity)
  )
}
