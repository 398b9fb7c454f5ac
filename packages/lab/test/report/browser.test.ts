import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { HAS_BROWSER, runAxe, useBrowser } from '../../../../test/support/browser.ts'
import { madeUpComparison, twoSides } from '../../../../test/support/comparison.ts'
import { useFolder } from '../../../../test/support/folder.ts'
import { buildReport } from '../../src/report/build-report.ts'
import { renderHtml } from '../../src/report/render-html.ts'
import { compareRuns } from '../../src/report/runs/compare-runs.ts'
import { runsHtml } from '../../src/report/runs/render-runs.ts'
import type { ComparisonParts } from '../../src/results/comparison-file.ts'
import { EVENTUAL, POSTGRES, quickParts, records, STRONG, scattered, side } from './fixtures.ts'

const browserTest = test.skipIf(!HAS_BROWSER)

const inBrowser = useBrowser()
const folder = useFolder()

const CAPACITY: ComparisonParts['capacity'] = {
  objective: 'p99=50ms',
  sides: ['postgres', 'dynamodb'].map((key, place) => ({
    side: key,
    points: [100, 200, 400].map((rate) => ({
      rate,
      achieved: Math.min(rate, 350),
      p50: rate / 100,
      p99: rate / 5 + 10 * place,
      error_rate: 0,
      meets: rate < 250,
    })),
    highest: 200,
    limited_by: 'objective',
  })),
}

// A label of maximum length without a line break opportunity.
const last = { ...EVENTUAL, label: `DynamoDB-${'x'.repeat(51)}` }
const sides = [POSTGRES, STRONG, last]
const quick = quickParts(sides, [
  ...records('postgres', scattered(0.8, 1)),
  ...records('dynamodb-strong', scattered(2, 2)),
  ...records('dynamodb', scattered(2, 3)),
])
const load = madeUpComparison(
  [POSTGRES, last].map((one, place) => ({ side: one, ms: 1 + place / 2 })),
  { blocks: 8, wanted: 7, invalid: [3], disturbed: { 4: 2.5 }, capacity: CAPACITY, probed: true },
)
const pages = {
  quick: renderHtml(buildReport(quick)),
  load: renderHtml(buildReport(load)),
  runs: runsHtml(
    compareRuns(
      {
        format: 'pushcart comparison',
        version: 1,
        ...madeUpComparison(twoSides(POSTGRES, 1, last, 2)),
      },
      { format: 'pushcart comparison', version: 1, ...load },
    ),
    { older: 'old.json', newer: 'new.json' },
  ),
}
for (const [name, html] of Object.entries(pages))
  await writeFile(join(folder, `${name}.html`), html)

type PageName = 'quick' | 'load' | 'runs'

interface View {
  readonly page: PageName
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
}

const VIEWS: readonly View[] = [
  { page: 'load', width: 1280, colorScheme: 'light' },
  { page: 'load', width: 1280, colorScheme: 'dark' },
  { page: 'load', width: 360, colorScheme: 'light' },
  { page: 'quick', width: 360, colorScheme: 'dark' },
  { page: 'runs', width: 360, colorScheme: 'light' },
]

/** Number of tables, plots and details elements of each page. */
const HELD: Readonly<Record<PageName, { tables: number; plots: number; details: number }>> = {
  quick: { tables: 12, plots: 6, details: 17 },
  load: { tables: 18, plots: 19, details: 29 },
  runs: { tables: 3, plots: 2, details: 0 },
}

function urlOf(page: PageName): string {
  return pathToFileURL(join(folder, `${page}.html`)).href
}

async function view(
  given: View,
  look: (page: Page, seen: { requests: string[]; messages: string[] }) => Promise<void>,
): Promise<void> {
  await inBrowser(given, async (page) => {
    const seen = { requests: [] as string[], messages: [] as string[] }
    page.on('request', (request) => seen.requests.push(request.url()))
    page.on('console', (message) => seen.messages.push(message.text()))
    page.on('pageerror', (error) => seen.messages.push(error.message))
    await page.goto(urlOf(given.page))
    await look(page, seen)
  })
}

browserTest.each(VIEWS)(
  '$page is complete and fits the viewport, without requests ($width px, $colorScheme)',
  async (given) => {
    await view(given, async (page, { requests, messages }) => {
      const held = HELD[given.page]
      await openDetails(page, held.details)
      expect(await page.locator('table:visible').count()).toBe(held.tables)
      const plots = page.locator('figure svg:visible')
      expect(await plots.count()).toBe(held.plots)
      for (const plot of await plots.all()) {
        const box = await plot.boundingBox()
        expect(box?.width).toBeGreaterThan(250)
        expect(box?.height).toBeGreaterThan(150)
        expect(await plot.locator('path').count()).toBeGreaterThan(10)
      }
      expect(await page.evaluate(WORDS_OUTSIDE)).toEqual([])
      // Nothing is wider than the page.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(given.width)
      const wider = `[...document.querySelectorAll('table, caption, tbody td, tbody th, p, li, dd')].filter((one) => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth).length`
      expect(await page.evaluate(wider)).toBe(0)
      expect(requests).toEqual([urlOf(given.page)])
      expect(messages).toEqual([])
    })
  },
)

/** Text that overflows its plot; vertically, by more than the line gap. */
const WORDS_OUTSIDE = `[...document.querySelectorAll('figure svg')].flatMap((svg) => {
  const plot = svg.getBoundingClientRect()
  return [...svg.querySelectorAll('text')].filter((text) => {
    const { left, right, top, bottom, width } = text.getBoundingClientRect()
    return width > 0 && (left < plot.left - 1 || right > plot.right + 1 || top < plot.top - 4 || bottom > plot.bottom + 4)
  }).map((text) => text.textContent)
})`

async function openDetails(page: Page, wanted: number): Promise<void> {
  await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`)
  expect(await page.locator('details[open]').count()).toBe(wanted)
}

browserTest('a number links to its record, even inside closed details', async () => {
  await view({ page: 'load', width: 1280, colorScheme: 'light' }, async (page) => {
    for (const [figure, record] of [
      ['load.get_cart.p50.ratio.postgres:dynamodb', 'results.json#/load/slots'],
      ['capacity.highest.postgres', 'results.json#/capacity/sides/0/points/1'],
    ]) {
      const link = `a[data-figure="${figure}"]`
      const around = JSON.stringify(`details:has(${link})`)
      await page.evaluate(`for (const one of document.querySelectorAll(${around})) one.open = true`)
      await page.locator(link).first().click()
      const row = page.locator('tr:target')
      expect(await row.isVisible()).toBe(true)
      expect(await row.locator('a[href^="results.json"]').textContent()).toBe(record)
    }
  })
})

browserTest.each([
  { page: 'load', width: 1280, most: 8000 },
  { page: 'load', width: 390, most: 15_000 },
  { page: 'quick', width: 1280, most: 8000 },
  { page: 'quick', width: 390, most: 15_000 },
] as const)('$page is at most $most px high at $width px', async ({ page: name, width, most }) => {
  await view({ page: name, width, colorScheme: 'light' }, async (page) => {
    const height = await page.evaluate('document.documentElement.scrollHeight')
    expect(height).toBeGreaterThan(2000)
    expect(height).toBeLessThanOrEqual(most)
  })
})

browserTest('a folded section opens from the keyboard and by a link to it', async () => {
  await view({ page: 'load', width: 1280, colorScheme: 'light' }, async (page) => {
    const folded = page.locator('section.folded > details')
    expect(await folded.count()).toBeGreaterThan(5)
    expect(await page.locator('section.folded > details[open]').count()).toBe(0)
    await folded.first().locator('summary').focus()
    await page.keyboard.press('Enter')
    expect(await folded.first().locator('> div').isVisible()).toBe(true)
    await page.locator('nav a[href="#records"]').click()
    expect(await page.locator('#record-table').isVisible()).toBe(true)
  })
})

browserTest.each(VIEWS)(
  'axe finds no violations in $page ($width px, $colorScheme)',
  async (given) => {
    await view(given, async (page) => {
      await openDetails(page, HELD[given.page].details)
      const results = await runAxe(page)
      expect(results.passes.length).toBeGreaterThan(15)
      expect(
        results.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
      ).toEqual([])
    })
  },
)

browserTest(
  'print opens all details, keeps the marks and omits the table of contents',
  async () => {
    await view({ page: 'load', width: 1280, colorScheme: 'dark' }, async (page) => {
      await page.emulateMedia({ media: 'print', colorScheme: 'light' })
      expect(await page.locator('details[open]').count()).toBe(0)
      const heights = `[...document.querySelectorAll('details table')].map((one) => one.getBoundingClientRect().height)`
      const shown = (await page.evaluate(heights)) as number[]
      expect(shown.length).toBeGreaterThan(5)
      expect(shown.filter((height) => height < 20)).toEqual([])
      expect(await page.locator('nav').isVisible()).toBe(false)
      const mark = `getComputedStyle(document.querySelector('.side'), '::before').printColorAdjust`
      expect(await page.evaluate(mark)).toBe('exact')
    })
  },
)

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

browserTest('user text cannot run in the page', async () => {
  const evil = side('evil', '<img src=x onerror="document.title=1">', { address: '<svg onload=1>' })
  const model = buildReport(madeUpComparison(twoSides(POSTGRES, 1, evil, 2)))
  const path = join(folder, 'evil.html')
  await writeFile(path, renderHtml(model))
  await view({ page: 'quick', width: 800, colorScheme: 'light' }, async (page) => {
    await page.goto(pathToFileURL(path).href)
    expect(await page.locator('img, [onload], [onerror]').count()).toBe(0)
    expect(await page.title()).toContain('<img src=x onerror="document.title=1">')
    expect(await page.locator('figure svg text', { hasText: '<img src=x' }).count()).toBe(5)
  })
})
