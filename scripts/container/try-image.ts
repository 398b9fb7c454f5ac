import { once } from 'node:events'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Contained, runContained } from './contained.ts'
import type { Image } from './image.ts'

const START_MS = 30_000
/** Longer than the service's DRAIN_TIMEOUT_MS. */
const STOP_MS = 20_000
const POLL_MS = 100

/** A service of the image that passes its health check. */
export interface Running extends AsyncDisposable {
  readonly url: string
  readonly process: Contained
  /** From start to the first successful health check, milliseconds; starting the check is included. */
  readonly healthyAfterMs: number
}

/**
 * Starts the image's command and runs its health check until it succeeds.
 *
 * @throws Error with the output of a service that ends or stays unhealthy
 */
export async function startService(
  image: Image,
  { env, words = [] }: { readonly env: Record<string, string>; readonly words?: readonly string[] },
): Promise<Running> {
  const PORT = `${await freePort()}`
  const settings = { HOST: '127.0.0.1', PORT, ...env }
  const started = performance.now()
  const service = runContained(image, [...image.command, ...words], settings)
  const stop = async () => {
    service.signal('SIGKILL')
    await service.ended
  }
  let ended: number | string | undefined
  void service.ended.then((code) => {
    ended = code
  })
  while ((await runContained(image, image.healthcheck, { PORT }).ended) !== 0) {
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

/** Fills a cart, checks it out, and gets the pages that are read from files. */
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
  const response = await fetch(url, body === undefined ? {} : post)
  const text = await response.text()
  if (response.status !== status) throw new Error(`${url}: ${response.status} ${text}`)
  return text
}

/**
 * Sends the image's stop signal while the body of a request is still arriving.
 *
 * @returns the status of the response to that request, and how the service ended
 */
export async function stopWhileBusy(image: Image, { url, process: service }: Running) {
  const body = JSON.stringify({ customer_id: 7 })
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    expect: '100-continue',
  }
  const slow = request(`${url}/shopping-carts`, { method: 'POST', headers })
  const responded = once(slow, 'response')
  // If an error is thrown below, nobody awaits the response.
  responded.catch(() => {})
  slow.flushHeaders()
  // The service has received the headers when it asks for the body.
  await once(slow, 'continue')
  const signalled = performance.now()
  service.signal(image.stopSignal)
  while (await acceptsRequests(url)) {
    if (performance.now() - signalled > STOP_MS)
      throw new Error(`Still accepting requests ${STOP_MS} ms after ${image.stopSignal}`)
    await sleep(POLL_MS)
  }
  slow.end(body)
  const [{ statusCode }] = await responded
  return { status: statusCode as number, ended: await service.ended }
}

async function acceptsRequests(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/live`)).ok
  } catch {
    return false
  }
}
