import { createServer } from 'node:http'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { listen } from '../../../../test/support/listen.ts'
import { openHomes, PAUSED } from '../../src/cart/homes.ts'
import { watchHomes } from '../../src/run/home-watch.ts'

const T0 = Date.UTC(2026, 10, 30)
const OLD = { us: 'us', eu: 'eu' }
const TAKEN_OVER = { us: 'eu', eu: 'eu' }

/** The region `us`, which asks a region `eu` that responds with `health`. */
async function startUs() {
  let health: unknown
  const server = createServer((request, response) => {
    expect(request.url).toBe('/health')
    if (health === undefined) response.socket?.destroy()
    else response.end(JSON.stringify(health))
  })
  const eu = await listen(server)
  const homes = openHomes('us', { version: 1, homes: OLD })
  const counts: number[] = []
  const logs: { level: number; msg: string }[] = []
  let now = 0
  const urls = new Map([
    ['us', 'http://127.0.0.1:1'],
    ['eu', eu.url],
  ])
  const watch = watchHomes({
    homes,
    urls,
    events: { elsewhere() {}, contradicted: (count) => counts.push(count) },
    now: () => now,
    logger: pino({ base: null }, { write: (line: string) => logs.push(JSON.parse(line)) }),
  })
  const cart = homes.newCartId(T0)
  return {
    counts,
    logs,
    home: () => homes.homeOf(cart),
    passes(ms: number) {
      now += ms
    },
    async hears(said: unknown) {
      health = said
      await watch.check()
    },
    [Symbol.asyncDispose]: () => eu[Symbol.asyncDispose](),
  }
}

it('refuses carts that another region has taken over', async () => {
  await using us = await startUs()
  await us.hears({ home: { version: 1, regions: OLD } })
  expect(us.home()).toBe('us')
  for (let i = 0; i < 3; i++) await us.hears({ home: { version: 2, regions: TAKEN_OVER } })
  expect(us.home()).toBe(PAUSED)
  expect(us.logs.map(({ msg }) => msg)).toEqual([
    'HOME_REGIONS contradicts that of eu, whose HOME_VERSION is not lower: refusing the carts on whose home they differ',
  ])
  // Silence and nonsense change nothing.
  for (const said of [undefined, {}, null, { home: 7 }, { home: { version: '3', regions: OLD } }])
    await us.hears(said)
  expect(us.home()).toBe(PAUSED)
  await us.hears({ home: { version: 3, regions: OLD } })
  expect(us.home()).toBe('us')
  expect(us.logs.at(-1)?.msg).toBe('HOME_REGIONS agrees with that of eu again')
  expect(us.counts).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 0])
})

it.each([5000, 7000])(
  'logs a contradiction at least once a minute with checks every %i ms, also while the other region is silent',
  async (everyMs) => {
    await using us = await startUs()
    const loggedAt: number[] = []
    for (let at = 0; at <= 300_000; at += everyMs) {
      await us.hears(at < 60_000 ? { home: { version: 2, regions: TAKEN_OVER } } : undefined)
      while (loggedAt.length < us.logs.length) loggedAt.push(at)
      us.passes(everyMs)
    }
    const gaps = loggedAt.slice(1).map((at, i) => at - (loggedAt[i] ?? 0))
    expect(loggedAt[0]).toBe(0)
    expect(gaps.length).toBeGreaterThanOrEqual(5)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60_000)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(50_000)
    expect(
      new Set(us.logs.map(({ level, msg }) => `${level} ${msg.split(' that of')[0]}`)),
    ).toEqual(new Set(['50 HOME_REGIONS contradicts']))
    await us.hears({ home: { version: 3, regions: OLD } })
    us.passes(60_000)
    await us.hears(undefined)
    expect(us.logs.at(-1)?.msg).toBe('HOME_REGIONS agrees with that of eu again')
  },
)

it('serves on by its own map if the others have an older one or none', async () => {
  await using us = await startUs()
  await us.hears(undefined)
  await us.hears({ status: 'ok' })
  await us.hears({ home: { version: 0, regions: TAKEN_OVER } })
  expect(us.home()).toBe('us')
  expect(us.logs).toEqual([])
})
