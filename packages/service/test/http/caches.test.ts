import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { makeApp } from '../../../../test/support/app.ts'

describe('Cache-Control', () => {
  it('lets browsers ask again for carts, orders and lists, and nobody else keep them', async () => {
    const { get, post, newCart, add } = makeApp()
    const cartId = await newCart()
    await add(cartId, 1, 2)
    const cart = `/shopping-carts/${cartId}`
    const control = async (url: string, headers = {}) =>
      (await get(url, headers)).headers['cache-control']
    expect(await control(cart, { 'if-none-match': (await get(cart)).headers.etag })).toBe(
      'private, no-cache',
    )
    await post(`${cart}/checkout`)
    for (const url of [
      cart,
      `/orders/${cartId}`,
      '/shopping-carts?customer_id=7',
      '/orders?customer_id=7',
    ])
      expect(await control(url), url).toBe('private, no-cache')
    for (const url of ['/products', '/products/1']) expect(await control(url), url).toBe('no-cache')
    for (const url of [
      '/shopping-carts/x',
      '/products/none',
      '/products?limit=0',
      '/nothing',
      '/products/%zz',
      '/health',
      '/health/ready',
      '/metrics',
    ])
      expect(await control(url), url).toBe('no-store')
  })

  it('comes with Vary where tokens are required', async () => {
    const authenticate = async () => ({ role: 'service' }) as const
    const env = { CORS_ORIGINS: 'https://shop.example' }
    const vary = async (url: string) => (await makeApp({ authenticate, env }).get(url)).headers.vary
    expect(await vary('/orders?customer_id=7')).toBe('Origin, Authorization')
    expect(await vary('/products/1')).toBe('Origin')
  })
})

/** The program, or `undefined` where it is not installed. Debian has it in a folder that users do not search. */
function findNginx(): string | undefined {
  return ['nginx', '/usr/sbin/nginx'].find((path) => spawnSync(path, ['-v']).status === 0)
}

/**
 * An nginx that keeps every response whose headers do not forbid it for ten minutes.
 *
 * @param upstreams what is served below `/NAME/`
 */
async function startCache(nginx: string, upstreams: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-cache-'))
  const socketPath = join(folder, 'socket')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  const locations = Object.entries(upstreams).map(
    ([name, url]) => `location /${name}/ { proxy_pass ${url}/; }`,
  )
  // As root, nginx would serve as a user who cannot write to this folder.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  await writeFile(
    join(folder, 'nginx.conf'),
    `${user} pid ${folder}/pid; error_log ${folder}/error.log; events {}
    http {
      access_log off; ${temporary.join(' ')}
      proxy_cache_path ${folder}/cache keys_zone=all:1m;
      server {
        listen unix:${socketPath};
        proxy_cache all; proxy_cache_valid any 10m;
        add_header x-cache $upstream_cache_status always;
        ${locations.join('\n')}
      }
    }`,
  )
  const run = (...more: string[]) =>
    execFileSync(nginx, ['-c', join(folder, 'nginx.conf'), '-p', folder, ...more], {
      stdio: 'ignore',
    })
  // Returns when it listens, and goes on in the background.
  run()
  return {
    async get(path: string) {
      const [answer] = await once(request({ socketPath, path }).end(), 'response')
      return { cache: answer.headers['x-cache'], body: (await json(answer)) as never }
    },
    async [Symbol.asyncDispose]() {
      run('-s', 'quit')
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

/** A server without `Cache-Control`. */
async function startCareless() {
  const server = createServer((_, response) => response.end('{}'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

it('a shared cache keeps nothing of the service', async ({ skip }) => {
  const nginx = findNginx()
  if (nginx === undefined) return skip('nginx is not installed')
  const { app, newCart, add, post } = makeApp()
  const service = await app.listen({ host: '127.0.0.1', port: 0 })
  await using careless = await startCareless()
  await using cache = await startCache(nginx, { careless: careless.url, service })
  await cache.get('/careless/')
  expect((await cache.get('/careless/')).cache).toBe('HIT')

  const cartId = await newCart()
  const cart = `/service/shopping-carts/${cartId}`
  expect((await cache.get(cart)).body).toMatchObject({ version: 1 })
  await add(cartId, 1, 2)
  expect((await cache.get(cart)).body).toMatchObject({ version: 2 })
  const order = `/service/orders/${cartId}`
  expect((await cache.get(order)).body).toMatchObject({ error: 'ORDER_NOT_FOUND' })
  await post(`/shopping-carts/${cartId}/checkout`)
  expect((await cache.get(order)).body).toMatchObject({ order_id: cartId })
  for (const path of [
    cart,
    order,
    '/service/orders?customer_id=7',
    '/service/products/1',
    '/service/health',
  ])
    for (let i = 0; i < 2; i++) expect((await cache.get(path)).cache, path).toBe('MISS')
  await app.close()
})
