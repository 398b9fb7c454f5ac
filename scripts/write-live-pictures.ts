/**
 * Writes the pictures of the live page for the README: `node scripts/write-live-pictures.ts`. It runs the page on both
 * embedded databases for about a minute, so the figures in the pictures are those of this machine.
 */
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { liveShow } from '../packages/lab/src/live/server/live-show.ts'
import { startPageServer } from '../packages/lab/src/live/server/page-server.ts'
import { startRecorder } from '../packages/lab/src/live/server/recording.ts'
import { openStage } from '../packages/lab/src/live/server/stage.ts'
import { startEmbeddedSides } from '../packages/lab/src/live/sides/embedded.ts'
import { readPrices } from '../packages/lab/src/model/cost/read-prices.ts'
import { openBrowser } from '../test/support/browser.ts'
import { animatedPng } from './animated-png.ts'

const WIDTH = 1000
const MARGIN = 16
const MAX_HEIGHT = 1000
/** The frames of an animation have one size. */
const MOVE_HEIGHT = 620
const WAIT = { timeout: 120_000 }
/** Between two frames of the animation, while recording and while playing. */
const FRAME_MS = 900

const path = (name: string) => fileURLToPath(new URL(`../docs/images/${name}`, import.meta.url))

await using stack = new AsyncDisposableStack()
const started = process.hrtime.bigint()
const now = () => Number(process.hrtime.bigint() - started)
const sides = await startEmbeddedSides({ seed: 1, now })
for (const side of sides) stack.use(side)
const stage = stack.use(await openStage({ sides, prices: readPrices(undefined), seed: 1, started }))
const show = liveShow(stage, startRecorder(stage), () => tmpdir())
const { url } = stack.use(await startPageServer(show, { host: '127.0.0.1', port: 0 }))
const { browser } = stack.use(await openBrowser())
const page = await browser.newPage({
  viewport: { width: WIDTH, height: 900 },
  colorScheme: 'light',
  locale: 'en-US',
})
await page.goto(url)
await page.waitForSelector('#moving', WAIT)
// The last section must not reach the end of the page, where pictures become smaller than their clip.
await page.evaluate("document.body.style.paddingBottom = '40rem'")
await writeFile(path('live-shop.png'), await shopPicture(page))
await writeFile(path('live-move.png'), await moveAnimation(page))

/** One click on both services, and what it did in both databases. */
async function shopPicture(page: Page): Promise<Buffer> {
  for (const product of [0, 3]) {
    await page.locator('#shop .product').nth(product).click()
    await page.locator('#shop .product:enabled').first().waitFor(WAIT)
    await sleep(FRAME_MS)
  }
  return pictureOf(page, '#shop')
}

/** A move from the first cart to the last, while shoppers go on. */
async function moveAnimation(page: Page): Promise<Buffer> {
  await page.click('[data-move="open"]')
  await page.locator('#moving .phase').waitFor(WAIT)
  await page.locator('#moving .verdict').waitFor(WAIT)
  await page.click('[data-move="start"]')
  await page.locator('#moving .phase code').filter({ hasText: 'moving' }).waitFor(WAIT)
  const frames: Buffer[] = []
  const done = page.locator('[data-move="finish"]:enabled')
  while ((await done.count()) === 0) {
    frames.push(await pictureOf(page, '#moving', MOVE_HEIGHT))
    await sleep(FRAME_MS)
  }
  await sleep(2 * FRAME_MS)
  const last = await pictureOf(page, '#moving', MOVE_HEIGHT)
  return animatedPng([...frames, last, last, last], FRAME_MS / 2)
}

/**
 * A section with some space around it.
 *
 * @param height of the picture; that of the section unless given
 */
async function pictureOf(page: Page, selector: string, height?: number): Promise<Buffer> {
  const box = await page.locator(selector).boundingBox()
  if (box === null) throw new Error(`${selector} is not shown`)
  const y = Math.floor(box.y + ((await page.evaluate('scrollY')) as number))
  const clip = {
    x: 0,
    y,
    width: WIDTH,
    height: height ?? Math.min(Math.ceil(box.height) + MARGIN, MAX_HEIGHT),
  }
  return page.screenshot({ clip, fullPage: true })
}
