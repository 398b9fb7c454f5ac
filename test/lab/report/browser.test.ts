import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildReport } from '../../../lab/report/build-report.ts'
import { renderHtml } from '../../../lab/report/html/render-html.ts'
import { HAS_BROWSER, openBrowser, type TestBrowser } from '../../support/browser.ts'
import {
  consistency,
  EVENTUAL,
  environment,
  POSTGRES,
  records,
  STRONG,
  scattered,
  side,
} from './fixtures.ts'

const browserTest = test.skipIf(!HAS_BROWSER)

let opened: TestBrowser | undefined
let folder = ''
let url = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pushcart-report-'))
  // A label as long as they may be, and without a place to break it.
  const last = { ...EVENTUAL, label: `DynamoDB-${'x'.repeat(51)}` }
  const sides = [POSTGRES, STRONG, last]
  const model = buildReport(
    [
      ...records('postgres', scattered(0.8, 1)),
      ...records('dynamodb-strong', scattered(2, 2)),
      ...records('dynamodb', scattered(2, 3)),
    ],
    sides.flatMap(({ key }) => consistency(key)),
    environment(sides),
  )
  const path = join(folder, 'report.html')
  await writeFile(path, renderHtml(model))
  url = pathToFileURL(path).href
  opened = await openBrowser()
})

afterAll(async () => {
  await opened?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

interface View {
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
}

const VIEWS: readonly View[] = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 375, colorScheme: 'light' },
]

async function view(
  { width, colorScheme }: View,
  look: (page: Page, seen: { requests: string[]; messages: string[] }) => Promise<void>,
): Promise<void> {
  if (opened === undefined) throw new Error('the browser did not start')
  // axe has to run in a page whose policy forbids every script.
  const context = await opened.browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    bypassCSP: true,
  })
  const page = await context.newPage()
  const seen = { requests: [] as string[], messages: [] as string[] }
  page.on('request', (request) => seen.requests.push(request.url()))
  page.on('console', (message) => seen.messages.push(message.text()))
  page.on('pageerror', (error) => seen.messages.push(error.message))
  await page.goto(url)
  await look(page, seen)
  await context.close()
}

browserTest.each(VIEWS)('opens whole and offline ($width px, $colorScheme)', async (given) => {
  await view(given, async (page, { requests, messages }) => {
    expect(await page.title()).toBe('PostgreSQL against DynamoDB - pushcart')
    expect(await page.locator('table:visible').count()).toBe(5)
    await page.locator('summary').click()
    expect(await page.locator('table:visible').count()).toBe(6)

    const plots = page.locator('figure svg')
    expect(await plots.count()).toBe(6)
    for (const plot of await plots.all()) {
      const box = await plot.boundingBox()
      expect(box?.width).toBeGreaterThan(250)
      expect(box?.height).toBeGreaterThan(150)
      expect(await plot.locator('path').count()).toBeGreaterThan(10)
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(given.width)
    expect(requests).toEqual([url])
    expect(messages).toEqual([])
  })
})

browserTest.each(VIEWS)('axe finds nothing ($width px, $colorScheme)', async (given) => {
  const require = createRequire(import.meta.url)
  const axe = await readFile(require.resolve('axe-core/axe.min.js'), 'utf8')
  await view(given, async (page) => {
    await page.locator('summary').click()
    await page.evaluate(axe)
    const results = (await page.evaluate('axe.run()')) as AxeResults
    expect(results.passes.length).toBeGreaterThan(15)
    expect(results.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual(
      [],
    )
  })
})

browserTest('plots follow the colour scheme', async () => {
  const colours: unknown[] = []
  for (const given of VIEWS.slice(0, 2))
    await view(given, async (page) => {
      const script = `[...document.querySelectorAll('figure svg text, figure svg path')].map((shape) => {
        const { fill, stroke } = getComputedStyle(shape)
        return fill === 'none' ? stroke : fill
      })`
      colours.push(await page.evaluate(script))
    })
  const [light, dark] = colours as [string[], string[]]
  expect(light.length).toBeGreaterThan(500)
  expect(light.filter((colour, index) => colour !== 'none' && colour === dark[index])).toEqual([])
})

browserTest('text of the user cannot run in the page', async () => {
  const evil = side('evil', '<img src=x onerror="document.title=1">', { address: '<svg onload=1>' })
  const model = buildReport(
    [...records('postgres', scattered(1, 1)), ...records('evil', scattered(2, 2))],
    consistency('postgres'),
    environment([POSTGRES, evil]),
  )
  const path = join(folder, 'evil.html')
  await writeFile(path, renderHtml(model))
  await view({ width: 800, colorScheme: 'light' }, async (page) => {
    await page.goto(pathToFileURL(path).href)
    expect(await page.locator('img, [onload], [onerror]').count()).toBe(0)
    expect(await page.title()).toContain('<img src=x onerror="document.title=1">')
    expect(await page.locator('figure svg text', { hasText: '<img src=x' }).count()).toBe(3)
  })
})
