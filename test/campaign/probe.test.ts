import { createServer } from 'node:http'
import { afterEach, expect, it, vi } from 'vitest'
import { openProbe } from '../../campaign/probe.ts'

const servers: AsyncDisposable[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]()
})

/** A service that creates a cart, and then answers reads as `status` says. */
async function service(status: () => number): Promise<string> {
  const server = createServer((request, response) => {
    response.statusCode = request.method === 'POST' ? 201 : status()
    response.end(JSON.stringify({ shopping_cart_id: 'one', error: 'STORE_BUSY' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
}

it('the probe of a campaign reports when a read succeeded', async () => {
  let reads = 0
  const url = await service(() => (++reads < 3 ? 503 : 200))
  await using probe = await openProbe(url, async () => [])
  expect(await probe.recovery(60_000)).toBeGreaterThan(0)
  expect(probe.failures).toEqual({ STORE_BUSY: 2 })
})

it('the probe of a campaign tells what it met if no read succeeded', async () => {
  const url = await service(() => 503)
  await using probe = await openProbe(url, async () => [])
  await vi.waitFor(() => expect(probe.failures.STORE_BUSY).toBeGreaterThan(0))
  await expect(probe.recovery(200)).rejects.toThrow(
    /^no recovery within 200 ms: \d+ x STORE_BUSY, \d+ unanswered, on a new connection: STORE_BUSY$/,
  )
})
