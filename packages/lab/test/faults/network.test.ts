import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openPostgresProbe } from '../../src/compare/requirements/postgres-probe.ts'
import { UsageError } from '../../src/errors/usage-error.ts'
import { openDelayLine } from '../../src/faults/delay-line.ts'
import {
  databaseBehind,
  measureNetwork,
  parseNetwork,
  startNetwork,
} from '../../src/faults/network.ts'
import { startEmbeddedTargets } from '../../src/services/embedded-targets.ts'
import { watchService } from '../../src/services/watch-service.ts'

test('a network is a round trip in milliseconds', () => {
  expect(parseNetwork('rtt=0.5ms')).toBe(0.5)
  expect(parseNetwork(' rtt=12ms ')).toBe(12)
  for (const text of ['', '0.5', 'rtt=0ms', 'rtt=-1ms', 'rtt=0.5', 'rtt=2000ms', 'rtt=1e3ms'])
    expect(() => parseNetwork(text), text).toThrow(UsageError)
})

/** A clock whose time is set by the test. */
function manualClock() {
  let now = 0
  let alarm: { at: number; fn: () => void } | undefined
  return {
    clock: {
      now: () => now,
      wakeAt(at: number, fn: () => void) {
        alarm = { at, fn }
      },
      close() {},
    },
    /** Moves to a time and rings what is due. */
    goTo(at: number) {
      now = at
      const due = alarm
      if (due !== undefined && due.at <= at) {
        alarm = undefined
        due.fn()
      }
    },
  }
}

test('a delay line keeps the order and delays each message by the same time', () => {
  const { clock, goTo } = manualClock()
  const line = openDelayLine(0.5, clock)
  const seen: string[] = []
  line.after(() => seen.push('first'))
  goTo(200)
  line.after(() => seen.push('second'))
  goTo(499)
  expect(seen).toEqual([])
  goTo(500)
  expect(seen).toEqual(['first'])
  goTo(699)
  expect(seen).toEqual(['first'])
  goTo(700)
  expect(seen).toEqual(['first', 'second'])
})

test('the network passes every byte in order and takes at least the stated time', async () => {
  const echo = createServer((socket) => void socket.pipe(socket))
  await once(echo.listen(0, '127.0.0.1'), 'listening')
  const network = await startNetwork((echo.address() as AddressInfo).port, 20)
  const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(network.url).port) })
  onTestFinished(async () => {
    socket.destroy()
    await network.stop()
    echo.close()
  })
  await once(socket, 'connect')
  const begun = performance.now()
  socket.write('one ')
  const [first] = await once(socket, 'data')
  expect(performance.now() - begun).toBeGreaterThanOrEqual(19)
  expect(String(first)).toBe('one ')
})

test('what the proxy adds is measured, and is no less than stated', async () => {
  const { rtt_ms, measured_ms } = await measureNetwork(3)
  expect(rtt_ms).toBe(3)
  expect(measured_ms).toBeGreaterThan(2)
})

test('both stores of a comparison are behind it, and their databases stay visible', {
  timeout: 120_000,
}, async () => {
  const keys = ['postgres', 'dynamodb-strong']
  await using started = await startEmbeddedTargets({
    poolSize: 3,
    keys,
    database: databaseBehind(0.5),
  })
  expect(started.targets.map(({ side }) => side)).toMatchObject([
    { key: 'postgres', engine: 'embedded', emulator: false, address: null },
    { key: 'dynamodb-strong', engine: 'embedded', emulator: true, address: null },
  ])
  for (const { url, own } of started.targets) {
    const finish = await watchService({ url, ...own })
    const created = await fetch(`${url}/shopping-carts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer_id: 7 }),
    })
    expect(created.status).toBe(201)
    const use = await finish()
    expect(use.database_memory_bytes).toBeGreaterThan(1e6)
    expect(use.database_disk_bytes).toBeGreaterThan(0)
  }
  const probe = await openPostgresProbe(started.targets[0]?.own?.dataDir ?? '')
  expect(await probe?.logBytes()).toBeGreaterThan(0)
  await probe?.close()
})
