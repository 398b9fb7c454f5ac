import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'
import { listen } from '../../../../test/support/listen.ts'
import { loadConfig } from '../../src/config/config.ts'
import { createMetricsServer } from '../../src/http/metrics.ts'

/** Spellings of the path that routers, proxies and load balancers may take for the same or for another one. */
const SPELLINGS = [
  '/metrics',
  '/%6detrics',
  '/%6Detrics',
  '/%6d%65%74%72%69%63%73',
  '/metric%73?x=1',
  '/metrics?x',
  '/metrics/',
  '//metrics',
  '/./metrics',
  '/health/../metrics',
  '/METRICS',
  '/metrics%2f',
  '/metrics%00',
  '/%256detrics',
  '/metrics;x',
  'http://other.example/%6detrics',
]

/** Sends the path as it is written; `fetch` would normalise it. */
async function get(base: string, path: string, headers: Record<string, string> = {}) {
  const { hostname: host, port } = new URL(base)
  const sent = request({ host, port, path, headers }).end()
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode as number, text, headers: response.headers }
}

async function startApp(env: Record<string, string>) {
  const { app } = makeApp({ env })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => app.close() }
}

const METRIC = /^pushcart_http_requests_in_flight /m

describe('/metrics, however its path is spelt,', () => {
  it('is open by default, also percent-encoded', async () => {
    await using app = await startApp({})
    for (const path of SPELLINGS.slice(0, 6))
      expect((await get(app.url, path)).text, path).toMatch(METRIC)
  })

  it.each(SPELLINGS)('is not on the port of the API if it has one of its own: %s', async (path) => {
    await using app = await startApp({ METRICS_PORT: '9464', METRICS_TOKEN: 'a token' })
    const { text, status } = await get(app.url, path, { authorization: 'Bearer a token' })
    expect(text).not.toMatch(METRIC)
    expect([400, 404]).toContain(status)
  })

  it.each(SPELLINGS)('requires the token: %s', async (path) => {
    await using app = await startApp({ METRICS_TOKEN: 'a token' })
    for (const authorization of ['', 'Bearer', 'Bearer a', 'Basic a token', 'Bearer a token2']) {
      const { text, status } = await get(app.url, path, { authorization })
      expect(text).not.toMatch(METRIC)
      expect([400, 401, 404]).toContain(status)
    }
  })

  it('is returned for the token', async () => {
    await using app = await startApp({ METRICS_TOKEN: 'a token' })
    const refused = await get(app.url, '/metrics')
    expect(refused.status).toBe(401)
    expect(refused.headers['www-authenticate']).toMatch(/^Bearer/)
    const { text } = await get(app.url, '/%6detrics', { authorization: 'bearer a token' })
    expect(text).toMatch(METRIC)
  })
})

describe('the port of /metrics', () => {
  const start = (exposition: () => Promise<string>, token?: string) =>
    listen(
      createMetricsServer(
        { exposition },
        loadConfig({ METRICS_PORT: '9464', ...(token && { METRICS_TOKEN: token }) }),
      ),
    )

  it('has nothing else', async () => {
    await using server = await start(async () => 'pushcart_x 1\n')
    expect(await get(server.url, '/metrics?x')).toMatchObject({
      status: 200,
      text: 'pushcart_x 1\n',
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    })
    for (const path of ['/', '/health', '/shopping-carts', '/%6detrics'])
      expect((await get(server.url, path)).status).toBe(404)
    expect((await fetch(`${server.url}/metrics`, { method: 'POST' })).status).toBe(404)
    const head = await fetch(`${server.url}/metrics`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('requires the token, if there is one', async () => {
    await using server = await start(async () => 'pushcart_x 1\n', 'a token')
    expect((await get(server.url, '/metrics')).status).toBe(401)
    const headers = { authorization: 'Bearer a token' }
    expect((await get(server.url, '/metrics', headers)).status).toBe(200)
  })

  it('is 503 while the primary of the workers does not respond', async () => {
    await using server = await start(async () => {
      throw new Error('the primary did not respond')
    })
    expect(await get(server.url, '/metrics')).toMatchObject({
      status: 503,
      text: 'the primary did not respond\n',
    })
  })

  it('is another one than that of the API', () => {
    expect(() => loadConfig({ PORT: '9000', METRICS_PORT: '9000' })).toThrow(
      'METRICS_PORT must be another port than PORT',
    )
  })
})
