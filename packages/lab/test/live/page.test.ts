import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readHistory } from '@pushcart/histories'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HAS_BROWSER, runAxe, useBrowser } from '../../../../test/support/browser.ts'
import { openLoadReport } from '../../src/commands/report-load.ts'
import { liveShow } from '../../src/live/server/live-show.ts'
import { type PageServer, startPageServer } from '../../src/live/server/page-server.ts'
import { startRecorder } from '../../src/live/server/recording.ts'
import { readRecording, replay } from '../../src/live/server/replay.ts'
import { openStage } from '../../src/live/server/stage.ts'
import { startEmbeddedSides } from '../../src/live/sides/embedded.ts'
import { LIVE_FAULTS } from '../../src/live/sides/fault-list.ts'
import { readPrices } from '../../src/model/cost/read-prices.ts'

const look = useBrowser()
const LOCAL = { host: '127.0.0.1', port: 0 }
const stack = new AsyncDisposableStack()
let server: PageServer
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pushcart-live-test-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const started = process.hrtime.bigint()
  const now = () => Number(process.hrtime.bigint() - started)
  const sides = await startEmbeddedSides({ seed: 1, now })
  for (const side of sides) stack.use(side)
  const stage = stack.use(
    await openStage({ sides, prices: readPrices(undefined), seed: 1, started, moving: MOVING }),
  )
  const show = liveShow(stage, startRecorder(stage), () => join(folder, 'saved'))
  server = stack.use(await startPageServer(show, LOCAL))
}, 120_000)
afterAll(() => stack.disposeAsync(), 60_000)

const AT_1280 = { width: 1280, colorScheme: 'light' } as const
const WAIT = { timeout: 45_000 }
const MOVING = { carts: 60, per_second: 200, shoppers: 9 }
const MOVE = { timeout: 120_000 }

async function open(page: Page, hash = ''): Promise<void> {
  await page.goto(server.url + hash)
  await page.waitForSelector('#checks', WAIT)
}

/** Presses the button of a step of the tour, and waits until it has run. */
async function runStep(page: Page, step: number): Promise<void> {
  await page.evaluate(`location.hash = 'step-${step}'`)
  await page.waitForSelector(`.tour .kicker:text("Step ${step} of")`, WAIT)
  await page.click('.tour .primary')
  await page.waitForSelector('.tour .primary:enabled', WAIT)
  const problems = page.locator('.banner').filter({ hasNotText: 'restarting' })
  expect(await problems.allTextContents()).toEqual([])
}

const textOf = (page: Page, selector: string) =>
  page.locator(`#shop .column ${selector}`).allInnerTexts()

const lineTexts = async (page: Page) =>
  (await textOf(page, '.lines')).map((text) => text.replace(/\s+/g, ' '))

/** Waits until the checker's column of a side matches. */
async function checkerSays(page: Page, side: number, pattern: RegExp): Promise<void> {
  await page.locator(`#checks .column-${side} .verdict`).filter({ hasText: pattern }).waitFor(WAIT)
}

describe.skipIf(!HAS_BROWSER)('the live page', { timeout: 120_000 }, () => {
  it('shows a click on both databases, with statements and stored carts', () =>
    look(AT_1280, async (page) => {
      await open(page, '#step-1')
      await runStep(page, 1)
      expect(await textOf(page, '.response')).toEqual([
        expect.stringMatching(/200\s+version 2/),
        expect.stringMatching(/200\s+version 2/),
      ])
      expect(await textOf(page, '.statements h4')).toEqual([
        '1 SQL statement',
        '1 DynamoDB request',
      ])
      const [summary = ''] = await textOf(page, '.statements summary')
      expect(summary).toMatch(/^\s*select.*\d+ rows?$/s)
      expect((await textOf(page, '.statements summary'))[1]).toMatch(/GetItem.*1 read units/)
      expect(await textOf(page, '.stored caption')).toContain('cart_lines')
      expect((await textOf(page, '.tree'))[0]).toMatch(/version N\s+2/)
    }))

  it('runs the steps on carts', () =>
    look(AT_1280, async (page) => {
      await open(page)
      await runStep(page, 2)
      for (const button of await page.locator('[data-fault="replica_lag"]').all())
        expect(await button.getAttribute('aria-pressed')).toBe('true')
      await runStep(page, 3)
      expect(await textOf(page, '.status')).toEqual(['412', '412'])
      expect(await lineTexts(page)).toEqual(Array(2).fill(expect.stringContaining('Chair × 5')))
      await runStep(page, 4)
      for (const text of await lineTexts(page)) {
        expect(text).toContain('Chair × 2')
        expect(text).toContain('Headphones × 1')
      }
      await runStep(page, 5)
      for (const text of await lineTexts(page)) {
        expect(text).toContain('Backpack × 1')
        expect(text).toContain('Plant × 2')
      }
      await runStep(page, 6)
      for (const text of await lineTexts(page)) expect(text).toContain('Clock × 20')
    }))

  it('lets shoppers in, throttles, kills both databases, and loses nothing', () =>
    look(AT_1280, async (page) => {
      await open(page)
      await runStep(page, 7)
      await page.locator('#load output').filter({ hasText: '90' }).waitFor(WAIT)
      await runStep(page, 8)
      await page.locator('.banner').filter({ hasText: 'restarting' }).waitFor(WAIT)
      await page.locator('.banner').waitFor({ state: 'detached', ...WAIT })
      for (const side of [1, 2]) await checkerSays(page, side, /^Nothing lost, nothing doubled/)
    }))

  it('compares the cost of few and of many shoppers', () =>
    look(AT_1280, async (page) => {
      await open(page)
      await runStep(page, 9)
      await page.locator('#load output').filter({ hasText: '300' }).waitFor(WAIT)
      const bills = page.locator('#load .figures div').filter({ hasText: 'per month' })
      for (const bill of await bills.all())
        await bill.locator('dd').filter({ hasText: '$' }).waitFor(WAIT)
      await page.locator('#load input').fill('0')
      await page.locator('#load output').filter({ hasText: /^0$/ }).waitFor(WAIT)
    }))

  it('finds the lost updates of a faulty service, and explains one', () =>
    look(AT_1280, async (page) => {
      await open(page)
      await runStep(page, 10)
      await checkerSays(page, 1, /[1-9]\d* acknowledged changes? lost/)
      await page.locator('.finding svg').first().waitFor(WAIT)
      expect(await page.locator('.finding ol li').count()).toBeGreaterThan(1)
      await page.locator('.finding').nth(2).waitFor(WAIT)
      await page.reload()
      await page.locator('.finding').nth(2).waitFor(WAIT)
      const times = (await page.locator('.finding h4 + p').allTextContents()).map((text) => {
        const [, minutes, seconds] = /at (\d+):(\d+)$/.exec(text) ?? []
        return 60 * Number(minutes) + Number(seconds)
      })
      expect(times).toEqual(times.toSorted((a, b) => b - a))
      expect(times[0]).toBeGreaterThan(times.at(-1) ?? 0)
      await page.locator('[data-fault="lost_updates"][data-side="postgres"]').click()
      await page.locator('#checks .column-2 .good').waitFor(WAIT)
    }))

  it(
    'moves carts to DynamoDB and back while shoppers go on, and loses nothing',
    {
      timeout: 600_000,
    },
    () =>
      look(AT_1280, async (page) => {
        const phase = (name: string) =>
          page.locator('#moving .phase code').filter({ hasText: name }).waitFor(MOVE)
        const press = (action: string) => page.click(`[data-move="${action}"]:enabled`, MOVE)
        const now = async (name: string) => {
          const figure = page.locator('#moving .figures div').filter({ hasText: name })
          return Number((await figure.locator('dd').textContent())?.replace(',', ''))
        }
        await open(page)
        await press('open')
        await phase('stay')
        expect(await now('carts in PostgreSQL')).toBeGreaterThanOrEqual(MOVING.carts)
        await press('start')
        await phase('moving')
        await page.locator('[data-move="finish"]:enabled').waitFor(MOVE)
        expect(await now('carts in PostgreSQL')).toBe(0)
        expect(await now('carts in DynamoDB')).toBeGreaterThanOrEqual(MOVING.carts)
        await page
          .locator('#moving .verdict')
          .filter({ hasText: /^Nothing lost/ })
          .waitFor(MOVE)
        await press('back')
        await phase('stay')
        expect(await now('carts in DynamoDB')).toBe(0)
        await page
          .locator('#moving .verdict')
          .filter({ hasText: /^Nothing lost/ })
          .waitFor(MOVE)
        await press('close')
        await page.locator('#moving .move').waitFor({ state: 'detached', ...MOVE })
      }),
  )

  it('switches every fault on and off', () =>
    look(AT_1280, async (page) => {
      await open(page)
      const switches = LIVE_FAULTS.filter(({ kind }) => kind === 'switch')
      for (const { id } of switches) {
        for (const button of await page.locator(`[data-fault="${id}"]`).all()) {
          await button.click()
          await page.locator(`[data-fault="${id}"][aria-pressed="true"]`).first().waitFor(WAIT)
          await button.click()
          await page
            .locator(`[data-fault="${id}"][aria-pressed="true"]`)
            .waitFor({ state: 'detached', ...WAIT })
        }
      }
      expect(await page.locator('.unavailable').allInnerTexts()).toEqual([
        'PostgreSQL: PostgreSQL does not throttle: it becomes slower.',
      ])
    }))

  it('saves what was seen, for check and for a replay', () =>
    look(AT_1280, async (page) => {
      await open(page)
      await page.getByRole('button', { name: 'Save what you saw' }).click()
      await page.locator('.saved pre').waitFor(WAIT)
      const { header, operations } = await readHistory(join(folder, 'saved', 'postgres.ndjson'))
      expect(header.service.name).toBe('PostgreSQL')
      expect(operations.length).toBeGreaterThan(100)
      for (const side of ['postgres', 'dynamodb'])
        expect(await openLoadReport(join(folder, 'saved', side, 'load.json'))).not.toBeNull()
      await using played = await startPageServer(
        replay(await readRecording(join(folder, 'saved'))),
        LOCAL,
      )
      await page.goto(played.url)
      await page.waitForSelector('#checks', WAIT)
      expect(await page.locator('#shop').count()).toBe(0)
      await page.locator('.clock').filter({ hasText: 'recording' }).waitFor(WAIT)
      expect(await page.locator('button.switch:enabled').count()).toBe(0)
    }))

  it.each(['light', 'dark'] as const)(
    'is accessible in %s colours, from 360 to 1920 px',
    async (colorScheme) => {
      for (const width of [360, 1920]) {
        await look({ width, colorScheme }, async (page) => {
          await open(page, '#step-1')
          await runStep(page, 1)
          const { violations } = await runAxe(page)
          expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
          const wide = await page.evaluate('document.documentElement.scrollWidth')
          expect(wide).toBeLessThanOrEqual(width)
        })
      }
    },
  )
})

describe('a recording', () => {
  it.each([
    ['a missing file', join(tmpdir(), 'pushcart-no-such-file'), /no such file|does not exist/],
    [
      'a file of another kind',
      new URL(import.meta.url).pathname,
      /is no recording of `pushcart live`$/,
    ],
  ])('is refused in one line: %s', async (_, path, reason) => {
    await expect(readRecording(path)).rejects.toThrow(reason)
  })
})
