import type { Step } from '../schedule/schedule.ts'

/** The bytes of a step's request, as latin1 text. Everything in it is ASCII: ids are escaped. */
export function createRequests(host: string, prefix: string) {
  const common = `HTTP/1.1\r\nhost: ${host}\r\nuser-agent: pushcart-lab\r\naccept: application/json\r\n`
  const post = (path: string, body: string) =>
    `POST ${prefix}${path} ${common}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  return (step: Step, cartId: string): string => {
    if (step.operation === 'create_cart')
      return post('/shopping-carts', `{"customer_id":${step.customerId}}`)
    const cart = `/shopping-carts/${encodeURIComponent(cartId)}`
    if (step.operation === 'get_cart') return `GET ${prefix}${cart} ${common}\r\n`
    if (step.operation === 'checkout')
      return `POST ${prefix}${cart}/checkout ${common}content-length: 0\r\n\r\n`
    const product = asciiJson(step.productId)
    return post(`${cart}/items`, `{"product_id":${product},"quantity":${step.quantity}}`)
  }
}

function asciiJson(value: number | string): string {
  if (typeof value === 'number') return String(value)
  const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value).replace(/[^\0-\x7f]/g, escapeUnit)
}
