import { setTimeout as sleep } from 'node:timers/promises'
import { type Answered, answeredOf, createdCart, linesOf } from './answered.ts'
import { type Asked, requestOf } from './asked.ts'
import type { Reply, Wire } from './wire.ts'

/** Units by product. */
export type Quantities = Readonly<Record<string, number>>

/** How often a read is repeated until it shows what was written: an eventual read may take a second. */
const LOOKS = 12
const LOOK_MS = 100

/** Tries operations on a service, to learn what they do there. */
export interface Trial {
  send(asked: Asked): Promise<Reply>
  /** What would be recorded of it. */
  answered(asked: Asked): Promise<Answered>
  /** A cart with these lines, once it shows them; `undefined` where that does not come about. */
  cartWith(lines: Quantities): Promise<string | undefined>
  /** Which of some states the cart comes to show; -1 if it comes to none of them. */
  comesTo(cart: string, states: readonly Quantities[]): Promise<number>
  /** Whether the cart comes to show these lines. */
  shows(cart: string, lines: Quantities): Promise<boolean>
  /** Whether it still shows these lines after a while: what an eventual read showed could have been old. */
  lasts(cart: string, lines: Quantities): Promise<boolean>
  /** Whether the cart comes to be found no more. */
  isGone(cart: string): Promise<boolean>
}

/** @param customer whose carts they are */
export function openTrial(wire: Wire, customer: string): Trial {
  const send = (asked: Asked) => wire.send(requestOf(asked, false))
  const read = (cart: string) => send({ kind: 'get', cart, read: 'strong' })

  async function comesTo(cart: string, states: readonly Quantities[]): Promise<number> {
    for (let look = 0; look < LOOKS; look++) {
      const lines = linesOf((await read(cart)).body) ?? []
      const found = states.findIndex((state) => isSame(lines, state))
      if (found >= 0) return found
      await sleep(LOOK_MS)
    }
    return -1
  }

  return {
    send,
    answered: async (asked) => answeredOf(asked, await send(asked)),
    comesTo,
    shows: async (cart, lines) => (await comesTo(cart, [lines])) === 0,
    async cartWith(lines) {
      const cart = createdCart(await send({ kind: 'create', cart: '', customer }))
      if (cart === undefined) return undefined
      for (const line of Object.entries(lines)) await send({ kind: 'add', cart, lines: [line] })
      return (await comesTo(cart, [lines])) === 0 ? cart : undefined
    },
    async lasts(cart, lines) {
      await sleep(2 * LOOK_MS)
      return isSame(linesOf((await read(cart)).body) ?? [], lines)
    },
    async isGone(cart) {
      for (let look = 0; look < LOOKS; look++) {
        if ((await read(cart)).status === 404) return true
        await sleep(LOOK_MS)
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
