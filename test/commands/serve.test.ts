import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli, startService } from './cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'pushcart-serve-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function call(url: string, body?: object): Promise<Response> {
  if (body === undefined) return fetch(url)
  const headers = { 'content-type': 'application/json' }
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

describe.each(['postgres', 'dynamodb'])('pushcart serve --embedded on %s', (type) => {
  const args = ['--embedded', '--data-dir', join(folder, type)]
  const env = { CART_STORE_TYPE: type }

  it('serves the API, and finds its carts again after a restart', async () => {
    const first = await startService(args, env)
    const created = await call(`${first.url}/shopping-carts`, { customer_id: 7 })
    expect(created.status).toBe(201)
    const { shopping_cart_id: id } = (await created.json()) as { shopping_cart_id: string }
    const added = await call(`${first.url}/shopping-carts/${id}/items`, {
      product_id: 1,
      quantity: 2,
    })
    expect(added.status).toBe(204)
    expect((await first.stop()).code).toBe(0)

    const second = await startService(args, env)
    const cart = await (await call(`${second.url}/shopping-carts/${id}`)).json()
    expect(cart).toMatchObject({
      shopping_cart_id: id,
      version: 2,
      items: [{ product_id: 1, quantity: 2 }],
    })
    expect(await (await call(`${second.url}/health`)).json()).toMatchObject({
      store: type,
      engine: 'embedded',
      emulator: type === 'dynamodb',
    })
    expect((await call(`${second.url}/health/ready`)).status).toBe(200)
    expect((await second.stop('SIGINT')).code).toBe(0)
  })

  it('finds them also after the service was killed', async () => {
    const first = await startService(args, env)
    const { shopping_cart_id: id } = (await (
      await call(`${first.url}/shopping-carts`, { customer_id: 8 })
    ).json()) as {
      shopping_cart_id: string
    }
    await first.stop('SIGKILL')
    const second = await startService(args, env)
    expect((await call(`${second.url}/shopping-carts/${id}`)).status).toBe(200)
    await second.stop()
  })
})

describe('pushcart that cannot start', () => {
  it.each([
    [['serve'], {}, 3, 'DATABASE_URL is not set'],
    [['serve'], { CART_STORE_TYPE: 'dynamodb' }, 3, 'DYNAMODB_TABLE_NAME is not set'],
    [['serve'], { CART_STORE_TYPE: 'oracle' }, 3, 'CART_STORE_TYPE must be'],
    [['serve', '--embedded'], { PORT: 'http' }, 3, 'PORT must be integer'],
    [['serve'], { DATABASE_URL: 'postgres://x:y@127.0.0.1:1/z' }, 1, 'STORE_UNAVAILABLE'],
    [['serve'], { DATABASE_URL: 'nonsense' }, 1, 'STORE_MISCONFIGURED'],
    [['serve', '--nonsense'], {}, 3, "unknown option '--nonsense'"],
    [['nonsense'], {}, 3, "unknown command 'nonsense'"],
    [['perf'], {}, 3, "required option '--host <url>' not specified"],
    [['perf', '--host', 'ftp://x'], {}, 3, 'ftp'],
    [
      ['consistency', '--host', 'http://127.0.0.1:1', '--iterations', 'many'],
      {},
      3,
      'an integer is wanted',
    ],
  ])('%j with %j ends with one clear line', async (args, env, code, message) => {
    const ended = await runCli(args, env)
    expect(ended.err).toContain(message)
    expect(ended.err).not.toMatch(/^\s+at /m)
    expect(ended.err.split('\n').length).toBeLessThanOrEqual(3)
    expect(ended.out).toBe('')
    expect(ended.code).toBe(code)
  })

  it('says that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const ended = await runCli(['serve'], { CART_STORE_TYPE: 'memory', PORT: String(port) })
    expect([ended.code, ended.err]).toEqual([1, expect.stringContaining('EADDRINUSE')])
    other.close()
  })

  it('prints help without an error', async () => {
    const ended = await runCli(['--help'])
    expect([ended.code, ended.err]).toEqual([0, ''])
    expect(ended.out).toContain('compare')
  })
})
