import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../database.ts'
import { skipped } from '../found.ts'
import { makeLargeCarts } from '../large-carts.ts'
import type { Scenario } from '../scenario.ts'
import { openInstance } from '../service.ts'
import { memoryOf } from '../support.ts'

const CONNECTIONS = 10
const CARTS = 100
const REQUESTS = 100
const MAX_GROWTH = 200 * 2 ** 20

/** Clients that send lists ahead and read nothing: bounded memory, and others are served. */
export const greedy: Scenario = {
  name: 'greedy',
  about: `${CONNECTIONS} connections that send ${REQUESTS} lists each and read no response`,
  stores: ['postgres'],
  async run({ store, folder, signal }) {
    await using database = await openDatabase(store, folder)
    const settings = {
      ...database.settings,
      CART_STORE_TYPE: store,
      CART_MAX_LINES: '100',
      RESPONSE_TIMEOUT_MS: '5000',
    }
    await using instance = await openInstance({ settings, args: ['--migrate'] })
    await makeLargeCarts(instance.url, { customer: 1, carts: CARTS, signal })
    const before = await memoryOf(instance.pid())
    const list = 'GET /shopping-carts?customer_id=1&limit=100 HTTP/1.1\r\nhost: x\r\n\r\n'
    const sockets = Array.from({ length: CONNECTIONS }, () => {
      const socket = connect(instance.port, '127.0.0.1')
        .pause()
        .on('error', () => {})
      socket.write(list.repeat(REQUESTS))
      return { socket, closed: new Promise((resolve) => socket.once('close', resolve)) }
    })
    let most = before
    let slowest = 0
    for (let look = 0; look < 40; look++) {
      const started = performance.now()
      await fetch(`${instance.url}/health/live`).then((response) => response.arrayBuffer())
      slowest = Math.max(slowest, performance.now() - started)
      most = Math.max(most, await memoryOf(instance.pid()))
      await sleep(100)
    }
    for (const { socket } of sockets) socket.destroy()
    const growth = most - before
    return [
      {
        ...skipped(this.name, store, this.about, ''),
        skipped: undefined,
        times: CONNECTIONS,
        memory_bytes: most,
        checks: [
          {
            criterion: 'memory grows by at most 200 MB',
            measured: `${Math.round(growth / 2 ** 20)} MB`,
            passed: growth <= MAX_GROWTH,
          },
          {
            criterion: '/health/live responds within 250 ms',
            measured: `${Math.round(slowest)} ms at most`,
            passed: slowest <= 250,
          },
        ],
      },
    ]
  },
}
