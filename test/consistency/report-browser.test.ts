import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consistencyHtml } from '../../lab/report/consistency/render.ts'
import { checkHistory } from '../../packages/histories/src/index.ts'
import { simulate } from '../../packages/histories/test/support/wrong-stores/simulate.ts'
import { WRONG_STORES } from '../../packages/histories/test/support/wrong-stores/wrong-stores.ts'
import { HAS_BROWSER, openBrowser, type TestBrowser } from '../support/browser.ts'

const browserTest = test.skipIf(!HAS_BROWSER)
let opened: TestBrowser | undefined
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pushcart-consistency-report-'))
  const store = WRONG_STORES['read-modify-write without a condition']
  const history = simulate({ seed: 1, ...(store && { store }) })
  const header = {
    ...history.header,
    service: { ...history.header.service, name: `<b>${'long'.repeat(20)}</b>` },
    fault_windows: [{ fault: 'kill', from: 0, to: 1e12 }],
  }
  const report = checkHistory({ ...history, header }, { shrinkMs: 200 })
  const one = { report, header }
  const other = { report: { ...report, service: 'another' }, header }
  await writeFile(join(folder, 'one.html'), consistencyHtml([one]))
  await writeFile(join(folder, 'two.html'), consistencyHtml([one, other]))
  opened = await openBrowser()
})
afterAll(async () => {
  await opened?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** Timeline spans that are invisible or have no colour of the page. */
const UNPAINTED = `[...document.querySelectorAll('.span')].filter((span) => {
  const { fill, stroke } = getComputedStyle(span)
  return fill === 'rgb(0, 0, 0)' || (fill === 'none' && stroke === 'none')
}).map((span) => span.outerHTML)`

browserTest.each([
  ['one', 1280, 'light'],
  ['one', 1280, 'dark'],
  ['one', 360, 'light'],
  ['two', 1280, 'light'],
  ['two', 360, 'dark'],
] as const)(
  'the report of %s store(s) has no axe violations at %d px, %s',
  async (stores, width, colorScheme) => {
    const page = await opened?.browser.newPage({
      viewport: { width, height: 900 },
      colorScheme,
      bypassCSP: true,
    })
    if (page === undefined) throw new Error('the browser did not start')
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(pathToFileURL(join(folder, `${stores}.html`)).href)
    expect(requests).toHaveLength(1)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    expect(await page.locator('h1').textContent()).toContain('<b>long')
    expect(await page.locator('svg.timeline .point').count()).toBeGreaterThan(0)
    expect(await page.evaluate(UNPAINTED)).toEqual([])
    expect(await page.locator('svg.timeline .fault').count()).toBeGreaterThan(0)
    const require = createRequire(import.meta.url)
    await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'))
    const { violations } = (await page.evaluate('axe.run()')) as AxeResults
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([])
    await page.close()
  },
)
