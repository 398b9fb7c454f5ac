import type { CartApi } from '../../cart-api/compile-api.ts'
import { parseJson } from '../../cart-api/parse-json.ts'

/** One body in so many is parsed, and its contents are judged. The others are searched for the id of the cart. */
const SAMPLE = 16

/** Judges the body of a get: what is wrong with it, in words; `undefined` for nothing. */
export type JudgeGet = (body: string, cartId: string) => string | undefined

/**
 * Judges bodies of gets with an accepted status: a page of maintenance or the cart of another shopper is no success.
 * Parsing each would cost more than sending the requests. So most bodies are only searched for the id, if the service
 * shows one, and for the frame of JSON. After a bad one, all are parsed.
 */
export function createGetJudge({ read, cartIsCustomer }: CartApi): JudgeGet {
  let count = 0
  let isSuspect = false
  /** Whether the service shows the id of a cart in its body; known after the first whole one. */
  let showsId = false

  function parsed(text: string, cartId: string): string | undefined {
    const body = parseJson(text)
    if (body === undefined) return text === '' ? 'empty body' : 'no JSON'
    const lines = read.lines(body)
    if (lines === undefined) return 'no cart items'
    const wrong = judgeId(read.cartId(body), cartId)
    if (wrong !== undefined) return wrong
    return lines.every(([, quantity]) => quantity > 0) ? undefined : 'a line without units'
  }

  function judgeId(id: string | undefined, cartId: string): string | undefined {
    // The id of such a cart is a customer of the load; the body may name the cart otherwise.
    if (cartIsCustomer) return undefined
    if (id === undefined) return showsId ? 'no cart id' : undefined
    showsId = true
    return id === cartId ? undefined : 'another cart'
  }

  return (body, cartId) => {
    const isSampled = isSuspect || count++ % SAMPLE === 0
    if (!isSampled && hasFrame(body) && (!showsId || body.includes(cartId))) return undefined
    const wrong = parsed(body, cartId)
    isSuspect ||= wrong !== undefined
    return wrong
  }
}

/** Whether a text can be an object or an array. */
function hasFrame(text: string): boolean {
  const first = text.charCodeAt(0)
  return first === 0x7b || first === 0x5b
}
