import { once } from 'node:events'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Image } from './build-by-hand.ts'
import type { Contained, Container } from './contained.ts'

const START_MS = 30_000
/** Longer than the service's own drain, shorter than anybody's patience. */
const STOP_MS = 20_000
const POLL_MS = 100

/** A service of the image that passes its health check. */
export interface Running extends AsyncDisposable {
  readonly url: string
  readonly process: Contained
  /** From start to the first health check that held, milliseconds; the check's own start included. */
  readonly healthyAfterMs: number
}

/**
 * Starts the image's command and asks its own health check until it holds.
 *
 * @throws Error with what the service said when it ends or stays unhealthy
 */
export async function startService(
  container: Container,
  image: Image,
  { env, words = [] }: { readonly env: Record<string, string>; readonly words?: readonly string[] },
): Promise<Running> {
  const PORT = `${await freePort()}`
  const settings = { HOST: '127.0.0.1', PORT, ...env }
  const started = performance.now()
  const service = container.start([...image.command, ...words], settings)
  const stop = async () => {
    service.signal('SIGKILL')
    await service.ended
  }
  let ended: number | string | undefined
  void service.ended.then((code) => {
    ended = code
  })
  while ((await container.start(image.healthcheck, { PORT }).ended) !== 0) {
    const waited = performance.now() - started
    if (ended === undefined && waited < START_MS) {
      await sleep(POLL_MS)
      continue
    }
    await stop()
    throw new Error(`The service did not become healthy (${ended}):\n${service.output()}`)
  }
  return {
    url: `http://127.0.0.1:${PORT}`,
    process: service,
    healthyAfterMs: performance.now() - started,
    [Symbol.asyncDispose]: stop,
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Fills a cart and looks at the pages that come from files. */
export async function useService(url: string): Promise<void> {
  const { shopping_cart_id: id } = JSON.parse(
    await must(201, `${url}/shopping-carts`, { customer_id: 7 }),
  )
  const cart = `${url}/shopping-carts/${id}`
  await must(204, `${cart}/items`, { product_id: 1, quantity: 2 })
  const { item_count } = JSON.parse(await must(200, `${cart}?consistency=strong`))
  if (item_count !== 2) throw new Error(`${item_count} items in the cart, not 2`)
  await must(200, `${cart}/checkout`, {})
  for (const page of ['/health/ready', '/openapi.json', '/docs', '/metrics'])
    await must(200, url + page)
}

async function must(status: number, url: string, body?: object): Promise<string> {
  const post = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
  const answer = await fetch(url, body === undefined ? {} : post)
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`${url}: ${answer.status} ${text}`)
  return text
}

/**
 * Sends SIGTERM while the body of a request is still on its way.
 *
 * @returns the status of that request's answer, and what the service ended with
 */
export async function stopWhileBusy({ url, process: service }: Running) {
  const body = JSON.stringify({ customer_id: 7 })
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    expect: '100-continue',
  }
  const slow = request(`${url}/shopping-carts`, { method: 'POST', headers })
  const answered = once(slow, 'response')
  // Whoever gives up before it looks at the answer need not hear that the connection broke.
  answered.catch(() => {})
  slow.flushHeaders()
  // The service has seen the request when it asks for the rest.
  await once(slow, 'continue')
  const told = performance.now()
  service.signal('SIGTERM')
  while (await takesRequests(url)) {
    if (performance.now() - told > STOP_MS) throw new Error('SIGTERM: it goes on as if nothing was')
    await sleep(POLL_MS)
  }
  slow.end(body)
  const [{ statusCode }] = await answered
  return { status: statusCode as number, ended: await service.ended }
}

async function takesRequests(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/live`)).ok
  } catch {
    return false
  }
}
