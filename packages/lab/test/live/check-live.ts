/**
 * `npm run check:live [-- SHOPPERS]`: the live page in the real browser under load. It prints what the services served, the
 * frames per second that the browser drew, and what the page cost beside the services. For a machine without other work;
 * exit code 1 beyond the limits.
 */
import { tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { openBrowser } from '../../../../test/support/browser.ts'
import type { Frame } from '../../src/live/protocol.ts'
import { liveShow } from '../../src/live/server/live-show.ts'
import { startPageServer } from '../../src/live/server/page-server.ts'
import { startRecorder } from '../../src/live/server/recording.ts'
import { MAX_SHOPPERS, openStage } from '../../src/live/server/stage.ts'
import { startEmbeddedSides } from '../../src/live/sides/embedded.ts'
import { readPrices } from '../../src/model/cost/read-prices.ts'

const SECONDS = 30
const WARM_UP_MS = 10_000
/** Of what services and databases use. */
const MAX_SHARE = 0.05
const MIN_FPS = 55

const shoppers = Number(process.argv[2] ?? MAX_SHOPPERS)
if (!(shoppers >= 1 && shoppers <= MAX_SHOPPERS)) {
  console.error(`shoppers: must be 1 to ${MAX_SHOPPERS}`)
  process.exit(3)
}

await using stack = new AsyncDisposableStack()
const started = process.hrtime.bigint()
const sides = await startEmbeddedSides({
  seed: 1,
  now: () => Number(process.hrtime.bigint() - started),
})
for (const side of sides) stack.use(side)
const stage = stack.use(await openStage({ sides, prices: readPrices(undefined), seed: 1, started }))
const show = liveShow(stage, startRecorder(stage), () => tmpdir())
const { url } = stack.use(await startPageServer(show, { host: '127.0.0.1', port: 0 }))
const { browser } = stack.use(await openBrowser())
const page = await browser.newPage({
  viewport: { width: 1280, height: 900 },
  locale: 'en-US',
  reducedMotion: 'no-preference',
})
await page.goto(url)
await page.waitForSelector('#checks')
await page.locator('#load').scrollIntoViewIfNeeded()
stage.load(shoppers, 'shopping')
await sleep(WARM_UP_MS)

const frames: Frame[] = []
const stop = stage.subscribe({
  frame: (frame) => void frames.push(frame),
  finding() {},
  cart() {},
})
const drawn = (await page.evaluate(`new Promise((done) => {
  const times = []
  const draw = (now) => {
    times.push(now)
    if (now - times[0] < ${SECONDS * 1000}) requestAnimationFrame(draw)
    else done(times)
  }
  requestAnimationFrame(draw)
})`)) as number[]
stop()

const gaps = drawn.slice(1).map((time, at) => time - (drawn[at] ?? time))
const fps = (1000 * gaps.length) / gaps.reduce((sum, gap) => sum + gap, 0)
const late = gaps.filter((gap) => gap > 50).length
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
const cost = (of: 'page_cores' | 'load_cores' | 'measured_cores') =>
  mean(frames.flatMap((frame) => frame.cost?.[of] ?? []))
const share = cost('page_cores') / cost('measured_cores')
for (const { info } of sides) {
  const ok = frames.reduce((sum, frame) => sum + (frame.sides[info.key]?.ok ?? 0), 0)
  console.log(`${info.label}: ${Math.round(ok / SECONDS)} acknowledged operations per second`)
}
console.log(`browser: ${fps.toFixed(1)} frames per second, ${late} gaps above 50 ms`)
console.log(
  `page and proxies: ${cost('page_cores').toFixed(3)} cores, ${(100 * share).toFixed(1)} % of the ${cost('measured_cores').toFixed(2)} cores of services and databases; shoppers and checker ${cost('load_cores').toFixed(2)} cores`,
)
if (fps < MIN_FPS || share > MAX_SHARE) {
  console.log(
    `beyond the limits: at least ${MIN_FPS} frames per second, at most ${MAX_SHARE * 100} %`,
  )
  process.exitCode = 1
}
