import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkHistory } from '@pushcart/histories'
import { expect, test } from 'vitest'
import { HAS_BROWSER, runAxe, useBrowser } from '../../../../test/support/browser.ts'
import { useFolder } from '../../../../test/support/folder.ts'
import { simulate } from '../../../histories/test/support/wrong-stores/simulate.ts'
import { WRONG_STORES } from '../../../histories/test/support/wrong-stores/wrong-stores.ts'
import { consistencyHtml } from '../../src/report/guarantees/render.ts'

const browserTest = test.skipIf(!HAS_BROWSER)
const look = useBrowser()
const folder = useFolder()

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
  (stores, width, colorScheme) =>
    look({ width, colorScheme }, async (page) => {
      const requests: string[] = []
      page.on('request', (request) => requests.push(request.url()))
      await page.goto(pathToFileURL(join(folder, `${stores}.html`)).href)
      expect(requests).toHaveLength(1)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      expect(await page.locator('h1').textContent()).toContain('<b>long')
      expect(await page.locator('svg.timeline .point').count()).toBeGreaterThan(0)
      expect(await page.evaluate(UNPAINTED)).toEqual([])
      expect(await page.locator('svg.timeline .fault').count()).toBeGreaterThan(0)
      const { violations } = await runAxe(page)
      expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([])
    }),
)
