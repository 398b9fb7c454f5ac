import type { InjectOptions } from 'fastify'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { answerTo, lines, useListening } from './fuzz/listening.ts'

const { app, get, newCart } = makeApp()
const cartId = await newCart()
const listening = useListening()
const CART = `/shopping-carts/${cartId}`

const send = (method: string, url: string, more: Omit<InjectOptions, 'method' | 'url'> = {}) =>
  app.inject({ method: method as 'GET', url, ...more })

describe('a method that the path does not take', () => {
  it.each([
    ['PATCH', CART, 'DELETE, GET, HEAD, OPTIONS'],
    ['POST', CART, 'DELETE, GET, HEAD, OPTIONS'],
    ['GET', `${CART}/items`, 'DELETE, OPTIONS, POST'],
    ['TRACE', `${CART}/items/a%2Fb`, 'DELETE, OPTIONS, PUT'],
    ['DELETE', '/products', 'GET, HEAD, OPTIONS'],
    ['QUERY', '/products', 'GET, HEAD, OPTIONS'],
    ['POST', '/metrics', 'GET, HEAD, OPTIONS'],
    ['PUT', '/openapi.json', 'GET, HEAD, OPTIONS'],
  ])('%s %s is 405 with Allow', async (method, url, allow) => {
    const answer = await send(method, url)
    expect([answer.statusCode, answer.json().error]).toEqual([405, 'METHOD_NOT_ALLOWED'])
    expect(answer.headers.allow).toBe(allow)
    expect(answer.json().detail).toContain(method)
  })

  it('is reported before its body is read', async () => {
    const refused = { payload: '<cart/>', headers: { 'content-type': 'text/xml' } }
    expect((await send('PATCH', CART, refused)).statusCode).toBe(405)
    expect((await send('PATCH', '/nothing', refused)).statusCode).toBe(404)
    expect((await send('QUERY', '/nothing')).statusCode).toBe(404)
  })

  it('does not hide that the path does not exist', async () => {
    for (const url of [
      '/',
      '/shopping-cart',
      `${CART}/`,
      `${CART}/items/1/2`,
      '/shopping-carts/',
    ]) {
      const answer = await send('PATCH', url)
      expect([answer.statusCode, answer.headers.allow], url).toEqual([404, undefined])
    }
  })
})

describe('OPTIONS and HEAD', () => {
  it('OPTIONS lists the methods of a path and changes nothing', async () => {
    const answer = await send('OPTIONS', `${CART}/items/1`)
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
    expect(answer.headers.allow).toBe('DELETE, OPTIONS, PUT')
    expect((await send('OPTIONS', '/nothing')).statusCode).toBe(404)
    expect((await get(CART)).json().version).toBe(1)
  })

  it('OPTIONS * lists all methods', async () => {
    const { dial } = await listening()
    const { status, headers } = await answerTo(dial(), lines('OPTIONS * HTTP/1.1', 'host: x'))
    expect([status, headers.allow]).toEqual([204, 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT'])
  })

  it.each([CART, '/products/1', '/health', '/shopping-carts?customer_id=7', '/orders/x'])(
    'HEAD %s is GET without the body',
    async (url) => {
      const [head, whole] = [await send('HEAD', url), await get(url)]
      const { date: _, 'x-request-id': __, ...headers } = head.headers
      const { date: ___, 'x-request-id': ____, ...expected } = whole.headers
      expect([head.statusCode, head.body]).toEqual([whole.statusCode, ''])
      // The request id is part of a problem, and always of the same length.
      expect(headers).toEqual(expected)
    },
  )
})

describe('a body that is not plain UTF-8', () => {
  const payload = JSON.stringify({ customer_id: 7 })
  const create = (headers: Record<string, string>, body: string | Buffer = payload) =>
    send('POST', '/shopping-carts', { payload: body, headers })

  it.each(['gzip', 'br', 'GZIP', 'identity, gzip'])('%s is 415', async (encoding) => {
    const { gzipSync } = await import('node:zlib')
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding }
    const answer = await create(headers, gzipSync(payload))
    expect([answer.statusCode, answer.json().error]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
    expect(answer.json().detail).toContain('content-encoding')
  })

  it.each(['utf-16', 'iso-8859-1', '"latin1"', 'UTF-7'])('charset %s is 415', async (charset) => {
    const answer = await create({ 'content-type': `application/json; charset=${charset}` })
    expect([answer.statusCode, answer.json().error]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
    expect(answer.json().detail).toContain('charset')
  })

  it.each([
    { 'content-type': 'application/json; charset=UTF-8' },
    { 'content-type': 'application/json;charset="utf-8"' },
    { 'content-type': 'application/json; charset=us-ascii' },
    { 'content-type': 'application/json', 'content-encoding': 'identity' },
  ])('%o is read', async (headers) => {
    expect((await create(headers)).statusCode).toBe(201)
  })
})
