import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { useDatabase } from '../../../../../test/support/postgres.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { CHANGES, filled } from '../../contract/changes.ts'
import { codeOf, create, keyed, line, options, strong } from '../../contract/fixtures.ts'

/** A proxy that forwards statements to PostgreSQL and, on request, closes the connection instead of returning the response. */
async function openCuttingProxy(target: URL) {
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    }
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      if (cuts === 0) {
        client.write(chunk)
        return
      }
      cuts -= 1
      client.destroy()
      upstream.destroy()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: Object.assign(new URL(target), { hostname: '127.0.0.1', port: `${port}` }).href,
    cutNext(times: number) {
      cuts = times
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const database = await useDatabase()
const direct = await openPostgresStore({ databaseUrl: database.url, migrate: true })
const proxy = await openCuttingProxy(new URL(database.url))
const store = await openPostgresStore({ databaseUrl: proxy.url })
afterAll(async () => {
  await store.close()
  await direct.close()
  await proxy.close()
})

it('an add whose response was lost was made once and is not sent again', async () => {
  const cartId = await create(store)
  await store.addLines(cartId, [line(1)], options())
  proxy.cutNext(1)
  expect(await codeOf(store.addLines(cartId, [line(1)], options()))).toBe('STORE_UNAVAILABLE')
  const cart = await direct.getCart(cartId, strong())
  expect([cart.version, cart.lines[0]?.quantity]).toEqual([3, 2])
})

it('every add of a batch has an unknown outcome, and its retry with the same key counts once', async () => {
  const cartId = await create(store)
  proxy.cutNext(1)
  const keys = ['a', undefined, 'b', undefined]
  // Calls of one turn of the event loop form a batch.
  const adds = keys.map((key) =>
    codeOf(store.addLines(cartId, [line(1)], key === undefined ? options() : keyed(key))),
  )
  expect(await Promise.all(adds)).toEqual(keys.map(() => 'STORE_UNAVAILABLE'))
  expect(await store.addLines(cartId, [line(1)], keyed('a'))).toEqual({
    version: 2,
    replayed: true,
  })
  const cart = await direct.getCart(cartId, strong())
  expect([cart.version, cart.lines[0]?.quantity]).toEqual([5, 4])
})

it.each(Object.entries(CHANGES))(
  '%s with a key is left open too, and counts once when the caller sends it again',
  async (_, call) => {
    const cartId = await filled(store)
    proxy.cutNext(1)
    expect(await codeOf(call(store, cartId, keyed('k')))).toBe('STORE_UNAVAILABLE')
    expect(await call(store, cartId, keyed('k'))).toEqual({ version: 3, replayed: true })
  },
)

it('a read whose response was lost is repeated', async () => {
  const cartId = await create(store)
  proxy.cutNext(1)
  expect((await store.getCart(cartId, strong())).version).toBe(1)
})
