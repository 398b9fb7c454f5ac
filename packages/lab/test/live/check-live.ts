/**
 * `npm run check:live [-- SHOPPERS...]`: the live page in the real browser under load. It prints what the services served,
 * the frames per second that the browser drew, what the page cost beside the services, the rate of the services with the
 * page and without it, and the memory of a recorded hour. It takes 2 minutes for each number of shoppers, on a machine
 * without other work; exit code 1 beyond the limits.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openBrowser } from '../../../../test/support/browser.ts'
import type { Frame } from '../../src/live/protocol.ts'
import { liveShow } from '../../src/live/server/live-show.ts'
import { startPageServer } from '../../src/live/server/page-server.ts'
import { startRecorder } from '../../src/live/server/recording.ts'
import { MAX_SHOPPERS, openStage } from '../../src/live/server/stage.ts'
import { DEFAULT_MIX } from '../../src/live/shopping/mixes.ts'
import { startEmbeddedSides } from '../../src/live/sides/embedded.ts'
import { readPrices } from '../../src/model/cost/read-prices.ts'
import { median } from '../../src/stats/median.ts'
import { memoryOfHours } from './memory-of-hours.ts'
import { type BlockOptions, serveWithoutPage, serveWithPage } from './with-and-without.ts'

const SHOPPERS = [300, MAX_SHOPPERS]
const SECONDS = 20
const WARM_UP_MS = 8000
/** Pairs of blocks with and without the page; their order alternates. */
const PAIRS = 4
const MIN_FPS = 55
/** Of what services and databases use, and of their rate. */
const MAX_SHARE = 0.05

const given = process.argv.slice(2).map(Number)
if (!given.every((shoppers) => shoppers >= 1 && shoppers <= MAX_SHOPPERS)) {
  console.error(`shoppers: must be 1 to ${MAX_SHOPPERS}`)
  process.exit(3)
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** @returns frames per second of the browser, and the page's share of the CPU */
async function watchInBrowser({ sides, shoppers, started }: BlockOptions) {
  await using stack = new AsyncDisposableStack()
  const prices = readPrices(undefined)
  const stage = stack.use(await openStage({ sides, prices, seed: 1, started }))
  const show = liveShow(stage, startRecorder(stage), () => '')
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
  stage.load(shoppers, DEFAULT_MIX)
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
  const fps = 1000 / mean(gaps)
  const late = gaps.filter((gap) => gap > 50).length
  const cost = (of: 'page_cores' | 'load_cores' | 'measured_cores') =>
    mean(frames.flatMap((frame) => frame.cost?.[of] ?? []))
  const share = cost('page_cores') / cost('measured_cores')
  for (const { info } of sides) {
    const ok = frames.reduce((sum, frame) => sum + (frame.sides[info.key]?.ok ?? 0), 0)
    console.log(`${info.label}: ${Math.round(ok / SECONDS)} acknowledged operations per second`)
  }
  console.log(`browser: ${fps.toFixed(1)} frames per second, ${late} gaps above 50 ms`)
  console.log(
    `page: ${cost('page_cores').toFixed(3)} cores, ${percent(share)} of the ${cost('measured_cores').toFixed(2)} cores of services and databases; shoppers and checker ${cost('load_cores').toFixed(2)} cores`,
  )
  return { fps, share }
}

/** @returns how much lower the rate of the services is with the page, 0-1 */
async function compare(options: BlockOptions): Promise<number> {
  const pairs = []
  for (let pair = 0; pair < PAIRS; pair++) {
    const first = pair % 2 === 0 ? serveWithPage : serveWithoutPage
    const second = pair % 2 === 0 ? serveWithoutPage : serveWithPage
    const [one, two] = [await first(options), await second(options)]
    const [page, bare] = pair % 2 === 0 ? [one, two] : [two, one]
    pairs.push({ rate: page.rate / bare.rate - 1, cpu: page.cpu_ms / bare.cpu_ms - 1 })
    console.log(
      `with the page ${page.rate.toFixed(0)} operations per second at ${page.cpu_ms.toFixed(3)} ms of CPU each, without ${bare.rate.toFixed(0)} at ${bare.cpu_ms.toFixed(3)} ms`,
    )
  }
  const rate = median(pairs.map((pair) => pair.rate))
  const cpu = median(pairs.map((pair) => pair.cpu))
  console.log(
    `with the page, the rate changes by ${percent(rate)} and the CPU of an operation by ${percent(cpu)} (medians)`,
  )
  return -rate
}

const [hour, hours] = memoryOfHours().map((bytes) => Math.round(bytes / 1e6))
console.log(`memory: ${hour} MB after an hour, ${hours} MB after three hours`)
await using stack = new AsyncDisposableStack()
const started = process.hrtime.bigint()
const sides = await startEmbeddedSides({
  seed: 1,
  now: () => Number(process.hrtime.bigint() - started),
})
for (const side of sides) stack.use(side)
for (const shoppers of given.length === 0 ? SHOPPERS : given) {
  console.log(`${shoppers} shoppers per service`)
  const options = { sides, shoppers, started }
  const { fps, share } = await watchInBrowser(options)
  const lower = await compare(options)
  if (fps >= MIN_FPS && share <= MAX_SHARE && lower <= MAX_SHARE) continue
  console.log(
    `beyond the limits: at least ${MIN_FPS} frames per second, at most ${MAX_SHARE * 100} %`,
  )
  process.exitCode = 1
}
