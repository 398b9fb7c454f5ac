import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import type { AccessOptions } from '../../src/cart-api/open-access.ts'
import { pushcartDescription } from '../../src/cart-api/pushcart-api.ts'
import { readApi, shippedApis } from '../../src/cart-api/read-api.ts'
import { chooseConsistency } from '../../src/commands/consistency-choice.ts'
import { perfCommand } from '../../src/commands/perf.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import { ownFolder, recordingIo } from '../commands/commands-support.ts'
import { startNanosecondIds, startProductsFirst } from '../stand-ins/go-carts.ts'
import { startMedusa } from '../stand-ins/medusa.ts'
import { startOscar } from '../stand-ins/oscar.ts'
import { startRetailStore } from '../stand-ins/retail-store.ts'
import type { StandIn } from '../stand-ins/stand-in.ts'
import { startVendure } from '../stand-ins/vendure.ts'

interface Row {
  readonly name: string
  readonly start: () => Promise<StandIn>
  readonly options: AccessOptions
  /** What the lab finds that the service can do. */
  readonly supports: string
  readonly leftOut: readonly string[]
}

const ROWS: readonly Row[] = [
  {
    name: 'hw8, with ids of 19 digits',
    start: () => startNanosecondIds({ adds: 'sum' }),
    options: { api: 'hw8' },
    supports: 'create, get, add',
    leftOut: [],
  },
  {
    name: 'retail-store',
    start: () => startRetailStore(),
    options: { api: 'retail-store' },
    supports: 'create, get, add, set, empty',
    leftOut: ['remove is left out: taking out what is not there is not refused'],
  },
  {
    name: 'oscar',
    start: startOscar,
    options: { api: 'oscar' },
    supports: 'create, get, add, remove',
    leftOut: ['set is left out: it makes no line that is not there'],
  },
  {
    name: 'medusa',
    start: () => startMedusa({ key: 'pk_of_the_store' }),
    options: { api: 'medusa', header: ['x-publishable-api-key: pk_of_the_store'] },
    supports: 'create, get, add, remove',
    leftOut: ['set is left out: it makes no line that is not there'],
  },
  {
    name: 'vendure',
    start: startVendure,
    options: { api: 'vendure' },
    supports: 'create, get, add, remove',
    leftOut: ['set is left out: it makes no line that is not there'],
  },
]

const ALL_GOOD = { code: EXIT.good, failed: [] }

function failuresIn({ stderr }: { readonly stderr: readonly string[] }): string[] {
  return stderr.filter((line) => !line.startsWith('perf: '))
}

describe.each(ROWS)('the API file $name', ({ start, options, supports, leftOut }) => {
  it('is recorded and judged', async () => {
    await using service = await start()
    const io = recordingIo()
    const output = await ownFolder()
    await chooseConsistency(
      { ...options, host: [service.url], seconds: 1, clients: 3, seed: 1, output },
      io,
    )
    expect(io.stderr).toContain(`the service supports: ${supports}`)
    expect(io.stderr.filter((line) => line.includes('is left out'))).toEqual(leftOut)
    const lines = (await readFile(join(output, 'history.ndjson'), 'utf8')).trim().split('\n')
    const operations = lines.slice(1).map((line) => JSON.parse(line))
    // A refused remove of a missing line is the only operation that may fail.
    expect(operations.filter(({ kind, status }) => status !== 'ok' && kind !== 'remove')).toEqual(
      [],
    )
    expect(io.stdout.join('\n')).toMatch(/linearizability .*holds/)
  })

  it('is measured by the quick test, and keeps its promises there', async () => {
    await using service = await start()
    const folder = await ownFolder()
    const io = recordingIo()
    const perf = { ...options, host: service.url, output: join(folder, 'perf.json') }
    expect({ code: await perfCommand(perf, io), failed: failuresIn(io) }).toEqual(ALL_GOOD)
    const quick = { ...options, host: [service.url], clients: 3, seed: 1, iterations: 1 }
    const output = join(folder, 'consistency.json')
    expect(await chooseConsistency({ ...quick, output }, recordingIo())).toBe(EXIT.good)
  })

  it('is sent a load in which every operation succeeds', async () => {
    await using service = await start()
    const output = join(await ownFolder(), 'load.json')
    await perfCommand(
      { ...options, host: service.url, output, closed: true, operations: 200, connections: 4 },
      recordingIo(),
    )
    const { overall } = JSON.parse(await readFile(output, 'utf8'))
    expect(overall.outcomes).toEqual([{ kind: 'ok', name: 'ok', count: 200 }])
  })
})

test('lost adds of a cart that is the customer are found', async () => {
  await using service = await startRetailStore({ loses: true })
  const result = await chooseConsistency(
    {
      api: 'retail-store',
      host: [service.url],
      seconds: 1,
      clients: 4,
      seed: 1,
      output: await ownFolder(),
    },
    recordingIo(),
  )
  expect(result).toBe(EXIT.checkFailed)
})

test('every shipped file is valid, and that of pushcart is the API of the code', async () => {
  const apis = await Promise.all(shippedApis().map(readApi))
  expect(apis.map(({ api }) => api.name)).toEqual(shippedApis())
  const { $schema: _, ...pushcart } = (await readApi('pushcart')).api
  expect(pushcart).toEqual(pushcartDescription)
})

test('products are created first where the API file says how', async () => {
  await using service = await startProductsFirst()
  const file = join(await ownFolder(), 'api.yaml')
  await writeFile(
    file,
    `extends: hw8
name: products first
setup:
  - each: product
    method: POST
    path: /products/{product}/details
    body: { product_id: '{product}', sku: 'S-{product}', weight: 1 }
    accepts: [204]
operations: { checkout: null }
`,
  )
  const io = recordingIo()
  const output = join(await ownFolder(), 'perf.json')
  const options = { api: file, productIds: '3,4,5', host: `${service.url}/v1`, output }
  expect({ code: await perfCommand(options, io), failed: failuresIn(io) }).toEqual(ALL_GOOD)
  expect(service.requests.slice(0, 3)).toEqual(
    [3, 4, 5].map(
      (id) => `POST /v1/products/${id}/details {"product_id":${id},"sku":"S-${id}","weight":1}`,
    ),
  )
})
