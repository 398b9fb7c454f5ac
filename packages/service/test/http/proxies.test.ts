import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { HAS_BROWSER, openBrowser } from '../../../../test/support/browser.ts'
import { loadConfig } from '../../src/config/config.ts'

/** A proxy that serves `upstream` below `/carts` and removes that prefix. */
async function startPrefixProxy(upstream: string) {
  const server = createServer((incoming, response) => {
    const { method, headers, url = '' } = incoming
    if (!url.startsWith('/carts/')) return response.writeHead(404).end()
    const out = request(upstream + url.slice('/carts'.length), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(out)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/carts`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('CART_PUBLIC_URL', () => {
  it('is the server of the OpenAPI document', async () => {
    const servers = async (env: Record<string, string>) =>
      (await makeApp({ env }).get('/openapi.json'))
        .json()
        .servers.map(({ url }: { url: string }) => url)
    expect(await servers({})).toEqual(['/'])
    const CART_PUBLIC_URL = 'https://shop.example/carts'
    expect(await servers({ CART_PUBLIC_URL })).toEqual([CART_PUBLIC_URL])
  })

  it('starts the address of a new cart', async () => {
    const create = async (env: Record<string, string>) =>
      (await makeApp({ env }).post('/shopping-carts', { customer_id: 7 })).headers.location
    expect(await create({})).toMatch(/^\/shopping-carts\/[\da-f-]{36}$/)
    for (const CART_PUBLIC_URL of ['https://shop.example/carts', 'https://shop.example/carts/'])
      expect(await create({ CART_PUBLIC_URL })).toMatch(
        /^https:\/\/shop\.example\/carts\/shopping-carts\/[\da-f-]{36}$/,
      )
  })

  it.each(['shop.example', 'ftp://shop.example', 'https://shop.example/?a=b'])(
    '%s is refused',
    (CART_PUBLIC_URL) => {
      expect(() => loadConfig({ CART_PUBLIC_URL })).toThrow(
        /^CART_PUBLIC_URL must be an http or https URL/,
      )
    },
  )
})

describe('/docs', () => {
  it('does not make browsers load its assets by https', async () => {
    const { app, get } = makeApp()
    await app.ready()
    const policy = (await get('/docs')).headers['content-security-policy']
    expect(policy).toMatch(/default-src 'self'.*style-src/)
    expect(policy).not.toContain('upgrade-insecure-requests')
  })

  it.skipIf(!HAS_BROWSER)('shows the API behind a proxy that removes a path prefix', async () => {
    const { app } = makeApp()
    const origin = await app.listen({ host: '127.0.0.1', port: 0 })
    await using proxy = await startPrefixProxy(origin)
    await using opened = await openBrowser()
    const page = await opened.browser.newPage()
    for (const path of ['/docs', '/docs/']) {
      const failed: string[] = []
      page.on('response', (response) => {
        if (response.status() >= 400) failed.push(response.url())
      })
      await page.goto(proxy.url + path)
      await page.getByText('/shopping-carts/{id}/checkout').waitFor()
      expect(failed).toEqual([])
    }
    await page.close()
    await app.close()
  })
})

it('takes X-Forwarded-For with ports as one caller', async () => {
  const env = { RATE_LIMIT_PER_MINUTE: '2', TRUSTED_PROXIES: '1' }
  const { app } = makeApp({ env })
  const status = async (address: string) =>
    (await app.inject({ url: '/products/1', headers: { 'x-forwarded-for': address } })).statusCode
  for (const [first, second, third] of [
    ['203.0.113.7:50001', '203.0.113.7:50002', '203.0.113.7'],
    ['[2001:db8::7]:50001', '2001:db8::7', '[2001:db8::7]'],
  ] as const)
    expect([await status(first), await status(second), await status(third)]).toEqual([
      200, 200, 429,
    ])
  expect(await status('2001:db8::8')).toBe(200)
})
