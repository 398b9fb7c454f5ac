import { afterAll, beforeAll, expect, it } from 'vitest'
import { HAS_BROWSER, useBrowser } from '../../../../test/support/browser.ts'
import { openAccess } from '../../src/cart-api/open-access.ts'
import { liveShow } from '../../src/live/server/live-show.ts'
import { type PageServer, startPageServer } from '../../src/live/server/page-server.ts'
import { startRecorder } from '../../src/live/server/recording.ts'
import { openStage, type Stage } from '../../src/live/server/stage.ts'
import { openForeignSides } from '../../src/live/sides/foreign.ts'
import { readPrices } from '../../src/model/cost/read-prices.ts'
import { startMedusa } from '../stand-ins/medusa.ts'
import { startVendure } from '../stand-ins/vendure.ts'

const look = useBrowser()
const stack = new AsyncDisposableStack()
let stage: Stage
let server: PageServer
let stopMedusa: () => PromiseLike<void>

/** Two services of other people, each with the API file that the lab ships. */
beforeAll(async () => {
  const key = 'pk_of_the_store'
  const medusa = stack.use(await startMedusa({ key }))
  stopMedusa = () => medusa[Symbol.asyncDispose]()
  const vendure = stack.use(await startVendure())
  const sides = await openForeignSides([
    {
      url: medusa.url,
      label: 'Medusa',
      access: await openAccess({ api: 'medusa', header: [`x-publishable-api-key: ${key}`] }),
    },
    { url: vendure.url, label: 'Vendure', access: await openAccess({ api: 'vendure' }) },
  ])
  stage = stack.use(
    await openStage({
      sides,
      prices: readPrices(undefined),
      seed: 1,
      started: process.hrtime.bigint(),
    }),
  )
  server = stack.use(
    await startPageServer(
      liveShow(stage, startRecorder(stage), () => ''),
      { host: '127.0.0.1', port: 0 },
    ),
  )
})
afterAll(() => stack.disposeAsync())

it('knows what it cannot see of services that it did not start', async () => {
  const { sides, faults, move, products } = stage.hello()
  expect(sides.map(({ label, own, abilities }) => [label, own, [...abilities].sort()])).toEqual([
    ['Medusa', false, ['add', 'create', 'get', 'remove']],
    ['Vendure', false, ['add', 'create', 'get', 'remove']],
  ])
  expect(new Set(faults.flatMap(({ sides: of }) => of))).toEqual(new Set())
  expect(move).toBeNull()
  expect(products.length).toBeGreaterThan(2)
  await expect(stage.move('open')).rejects.toThrow('carts move between embedded databases only')
  expect(await stage.fault('latency', sides[0]?.key ?? '', true)).toBe(false)
})

it('sends a click to both, each in the words of its API', async () => {
  const created = await stage.click({ action: 'create', customer: '7' })
  const carts = Object.fromEntries(
    Object.entries(created).map(([side, { cart }]) => [side, String(cart)]),
  )
  expect(Object.values(carts)).not.toContain('null')
  await stage.click({ action: 'add', carts, product: 1, quantity: 2 })
  const results = await stage.click({ action: 'get', carts })
  for (const { status, lines, statements, stored } of Object.values(results))
    expect([status, lines, statements, stored]).toEqual([200, [['1', 2]], [], null])
})

it.skipIf(!HAS_BROWSER)('says on the page why there are no statements and faults', () =>
  look({ width: 1280, colorScheme: 'light' }, async (page) => {
    await page.goto(server.url)
    await page.waitForSelector('#checks')
    expect(await page.locator('.legend-line .side').allTextContents()).toEqual([
      'Medusa',
      'Vendure',
    ])
    expect(await page.locator('button.switch').count()).toBe(0)
    expect(await page.locator('.unavailable').first().textContent()).toBe(
      'Medusa: The lab did not start this service and injects no fault into it.',
    )
    expect(await page.locator('#moving').count()).toBe(0)
  }),
)

it.skipIf(!HAS_BROWSER)('says on the page which service no longer responds', () =>
  look({ width: 1280, colorScheme: 'light' }, async (page) => {
    await page.goto(server.url)
    await page.waitForSelector('#checks')
    expect(await page.locator('.banner').count()).toBe(0)
    await stopMedusa()
    await page.locator('.banner', { hasText: /^Medusa: the service does not respond\.$/ }).waitFor()
    await page.locator('.product').first().click()
    await page.locator('#shop .column-1 .status', { hasText: 'no response' }).waitFor()
    await page.locator('#shop .column-2 .status', { hasText: '200' }).waitFor()
  }),
)
