import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { startFakeCartService } from '../../../../test/support/fake-cart-service.ts'
import { readApi } from '../../src/cart-api/read-api.ts'
import { chooseConsistency } from '../../src/commands/consistency-choice.ts'
import { initApiCommand } from '../../src/commands/init-api.ts'
import { perfCommand } from '../../src/commands/perf.ts'
import { runCommand } from '../../src/commands/run-command.ts'
import { tryApiCommand } from '../../src/commands/try-api.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import { startNanosecondIds, startProductsFirst } from '../stand-ins/go-carts.ts'
import { startRetailStore } from '../stand-ins/retail-store.ts'
import { ownFolder, recordingIo } from './commands-support.ts'

describe('pushcart api try', () => {
  it('shows each request, its response and what was read', async () => {
    await using service = await startRetailStore()
    const io = recordingIo()
    expect(await tryApiCommand({ api: 'retail-store', host: service.url }, io)).toBe(EXIT.good)
    expect(io.stdout[3]).toBe(
      'add     POST /carts/*/items {"itemId":"1","quantity":2,"unitPrice":100}'.replace(
        '*',
        cartIn(io),
      ),
    )
    expect(io.stdout).toContain('        201 {"itemId":"1","quantity":2,"unitPrice":100}')
    expect(io.stdout).toContain('        read: 5 of 1')
    expect(io.stderr).toEqual([])
  })

  it.each<[string, () => ReturnType<typeof startRetailStore>, object, RegExp]>([
    [
      'an unknown product',
      startProductsFirst,
      { api: 'hw8', base: '/v1' },
      /^failed: add: expected 204, got 404 NOT_FOUND: POST .*"product_id":1,"quantity":2} -> 404 .*Product not found.*; try --product-ids/,
    ],
    [
      'a wrong base path',
      startProductsFirst,
      { api: 'hw8' },
      /^failed: create: expected 201, got 404 NOT_FOUND: .*; try another base path/,
    ],
    [
      'an add that sets the quantity',
      () => startNanosecondIds({ adds: 'set' }),
      { api: 'hw8' },
      /^failed: get: 3 of 1, where 5 of 1 were expected: say `quantity: absolute` at add/,
    ],
    [
      'an add that stores one unit',
      () => startRetailStore({ firstAdd: 'one' }),
      { api: 'retail-store' },
      /^failed: get: 1 of 1, where 2 of 1 were expected: go on with --single-units/,
    ],
  ])('says in one line what to correct: %s', async (_, start, given, message) => {
    await using service = await start()
    const { base = '', ...options } = given as { readonly base?: string; readonly api: string }
    const io = recordingIo()
    const code = await tryApiCommand({ ...options, host: service.url + base }, io)
    expect({ code, said: io.stderr }).toEqual({
      code: EXIT.checkFailed,
      said: [expect.stringMatching(message)],
    })
  })
})

describe('a refusal while probing', () => {
  const probing = async (url: string, more: object) => {
    const io = recordingIo()
    const output = await ownFolder()
    const choice = { host: [url], seconds: 1, clients: 4, seed: 1, output, ...more }
    const code = await runCommand(io, false, () => chooseConsistency(choice, io))
    return { code, said: io.stderr, found: io.stdout.join('\n') }
  }

  it('shows the request, the response and what to try', async () => {
    await using service = await startProductsFirst()
    const { code, said } = await probing(`${service.url}/v1`, { api: 'hw8' })
    expect(code).toBe(EXIT.invalidRun)
    expect(said.at(-1)).toMatch(
      /an add was refused: expected 204, got 404 NOT_FOUND: POST \/shopping-carts\/1\/items {"product_id":1,"quantity":2} -> 404 {"error":"NOT_FOUND".*; try --product-ids/,
    )
  })

  it('says how many units were added and how many are there, and single units go on', async () => {
    await using service = await startRetailStore({ firstAdd: 'one' })
    const { code, said } = await probing(service.url, { api: 'retail-store' })
    expect(code).toBe(EXIT.invalidRun)
    expect(said.at(-1)).toContain(
      '2 units of product 1 were added to a cart, and 1 is there (200 [{"itemId":"1","quantity":1',
    )
    expect(said.at(-1)).toContain('--single-units goes on with adds of one unit')
    const single = await probing(service.url, { api: 'retail-store', singleUnits: true })
    expect(single.found).toMatch(/linearizability .*holds/)
  })

  it('finds an add that sets the quantity, which can be recorded as a set', async () => {
    await using service = await startNanosecondIds({ adds: 'set' })
    const { said } = await probing(service.url, { api: 'hw8' })
    expect(said.at(-1)).toContain(
      '2 and then 3 units of product 1 were added to a cart, and 3 are there',
    )
    const file = join(await ownFolder(), 'api.json')
    const setting = { extends: 'hw8', operations: { add: { quantity: 'absolute' } } }
    await writeFile(file, JSON.stringify(setting))
    const declared = await probing(service.url, { api: file })
    expect(declared.said).toContain('the service supports: create, get, set')
    expect(declared.found).toMatch(/linearizability .*holds/)
  })
})

test('a module has functions where templates and pointers do not suffice', async () => {
  await using service = await startRetailStore()
  const file = join(await ownFolder(), 'api.ts')
  await writeFile(
    file,
    `const items = (cart: unknown) => (cart as { items: { itemId: string; quantity: number }[] }).items
export default {
  name: 'module',
  operations: {
    create: { method: 'GET', path: ({ customer }) => '/carts/' + customer, accepts: [200] },
    add: {
      method: 'POST',
      path: '/carts/{cart}/items',
      body: ({ product, quantity }) => ({ itemId: 'sku-' + product, quantity, unitPrice: 1 }),
      accepts: [201],
    },
    get: { method: 'GET', path: '/carts/{cart}', accepts: [200] },
  },
  cart: {
    id: '{customer}',
    lines: items,
    product: (line) => line.itemId.slice(4),
    quantity: '/quantity',
  },
}
`,
  )
  const io = recordingIo()
  expect(await tryApiCommand({ api: file, host: service.url }, io)).toBe(EXIT.good)
  const output = join(await ownFolder(), 'load.json')
  const load = { api: file, host: service.url, output, closed: true, operations: 100 }
  await perfCommand({ ...load, connections: 2 }, recordingIo())
  const { overall } = JSON.parse(await readFile(output, 'utf8'))
  expect(overall.outcomes).toEqual([{ kind: 'ok', name: 'ok', count: 100 }])
})

test.each<[string, string, string]>([
  ['x.yaml', 'name: x', "the file must have required property 'operations'; and 1 more"],
  ['x.yaml', '{', 'api: '],
  ['x.json', '{"extends":"hw8","colour":1}', 'must NOT have additional properties ("colour")'],
  ['x.json', '{"extends":"./x.json"}', 'extends itself'],
  ['x.ts', 'export default {}', "the file must have required property 'name'"],
  [
    'x.json',
    '{"extends":"hw8","operations":{"get":{"path":"/{crat}"}}}',
    'unknown placeholder {crat}',
  ],
  [
    'x.json',
    '{"extends":"hw8","operations":{"get":{"path":"/{session.a}"}}}',
    'no step of setup captures a',
  ],
  [
    'x.json',
    '{"extends":"hw8","operations":{"get":{"path":"/{env.NOT_SET}"}}}',
    'the environment variable NOT_SET is not set',
  ],
])('%s with %s is refused', async (name, content, message) => {
  const file = join(await ownFolder(), name)
  await writeFile(file, content)
  const io = recordingIo()
  const host = 'http://127.0.0.1:1'
  expect(await runCommand(io, false, () => tryApiCommand({ api: file, host }, io))).toBe(EXIT.usage)
  expect(io.stderr.join()).toContain(message)
})

describe('pushcart api init', () => {
  it('writes a file that works, from options', async () => {
    const file = join(await ownFolder(), 'api.yaml')
    const options = { create: 'POST /shopping-carts', add: 'POST /shopping-carts/{cart}/items' }
    const more = { get: 'GET /shopping-carts/{cart}', id: '/shopping_cart_id' }
    expect(await initApiCommand(file, { ...options, ...more }, recordingIo())).toBe(EXIT.good)
    await using service = await startFakeCartService()
    expect(await tryApiCommand({ api: file, host: service.url }, recordingIo())).toBe(EXIT.good)
    await expect(initApiCommand(file, options, recordingIo())).rejects.toThrow('the file exists')
  })

  it('reads an OpenAPI document', async () => {
    const folder = await ownFolder()
    const document = join(folder, 'openapi.json')
    const content = (schema: object) => ({ content: { 'application/json': { schema } } })
    const cart = {
      type: 'object',
      properties: { uid: {}, entries: {}, cart_id: {}, line_items: {} },
    }
    await writeFile(
      document,
      JSON.stringify({
        openapi: '3.1.0',
        components: { schemas: { Cart: cart } },
        paths: {
          '/v2/baskets': {
            post: {
              responses: {
                201: content({ properties: { data: { $ref: '#/components/schemas/Cart' } } }),
              },
            },
          },
          '/v2/baskets/{id}': {
            get: { responses: { 200: content({ $ref: '#/components/schemas/Cart' }) } },
          },
          '/v2/baskets/{id}/lines': {
            post: { requestBody: content({ properties: { sku: {}, qty: {} } }), responses: {} },
          },
        },
      }),
    )
    const file = join(folder, 'api.yaml')
    await initApiCommand(file, { openapi: document, status: ['add=200'] }, recordingIo())
    const { api } = await readApi(file)
    expect(api.operations.create).toMatchObject({ method: 'POST', path: '/v2/baskets' })
    expect(api.operations.add).toEqual({
      method: 'POST',
      path: '/v2/baskets/{cart}/lines',
      body: { sku: '{product}', qty: '{quantity}' },
      accepts: [200],
    })
    expect(api.operations.get.path).toBe('/v2/baskets/{cart}')
    expect(api.cart).toEqual({
      id: '/data/cart_id',
      lines: '/line_items',
      product: '/sku',
      quantity: '/qty',
    })
  })
})

/** The cart of a walk, from its first reading. */
function cartIn({ stdout }: { readonly stdout: readonly string[] }): string {
  return stdout.find((line) => line.includes('read: cart '))?.split('cart ')[1] ?? ''
}
