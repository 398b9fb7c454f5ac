import { randomUUID } from 'node:crypto'
import type { Access, CartState } from './access.ts'
import { captureFrom } from './capture.ts'
import type { CompiledOperation } from './compile-api.ts'
import { withSetCookies } from './cookies.ts'
import type { HttpResponse } from './exchange.ts'

export const EMPTY_STATE: CartState = { captured: {}, cookies: {} }

/** What is known of a cart after a response. */
export function stateAfter(
  { captured, cookies }: CartState,
  { api }: Access,
  capture: CompiledOperation['capture'],
  response: Pick<HttpResponse, 'body' | 'headers'>,
): CartState {
  const found = Object.entries(captureFrom(capture, response))
  return {
    captured: {
      ...captured,
      ...Object.fromEntries(found.map(([name, value]) => [`cart.${name}`, value])),
    },
    cookies: api.cookies === 'cart' ? withSetCookies(cookies, response.headers) : cookies,
  }
}

/** Customers that no service has yet, for APIs whose cart is the customer. */
export function newCustomers(): () => string {
  const prefix = `lab-${randomUUID().slice(0, 8)}`
  let count = 0
  return () => `${prefix}-${++count}`
}
