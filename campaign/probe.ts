import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { descriptorsOf, memoryOf } from './support.ts'

/** Reads one cart at intervals, and watches the processes of the service. */
export interface Probe extends AsyncDisposable {
  /** Responses of 500 and above by error code. */
  readonly failures: Record<string, number>
  /** When a read of the cart succeeded next, milliseconds from now; rejects after `maxMs`. */
  recovery(maxMs: number): Promise<number>
  memory(): number
  descriptors(): number
}

const INTERVAL_MS = 50
const WATCH_MS = 250

/**
 * @param url  of the service, or of a proxy in front
 * @param pids the processes of the service at the moment
 */
export async function openProbe(url: string, pids: () => Promise<number[]>): Promise<Probe> {
  const agent = new Agent({ connections: 4, keepAliveTimeout: 1000 })
  const created = await request(`${url}/shopping-carts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customer_id: 'campaign-probe' }),
  })
  const { shopping_cart_id } = (await created.body.json()) as { shopping_cart_id: string }
  const path = `${url}/shopping-carts/${shopping_cart_id}?consistency=strong`
  const failures: Record<string, number> = {}
  let lastGood = performance.now()
  let going = true
  let memory = 0
  let descriptors = 0

  async function read(): Promise<void> {
    let code: string | undefined
    try {
      const { statusCode, body } = await request(path, {
        dispatcher: agent,
        headersTimeout: 8000,
      })
      const text = await body.text()
      if (statusCode === 200) lastGood = performance.now()
      else if (statusCode >= 500) code = /"error":"(\w+)"/.exec(text)?.[1] ?? `${statusCode}`
    } catch {
      code = 'no response'
    }
    if (code !== undefined) failures[code] = (failures[code] ?? 0) + 1
  }

  async function reading(): Promise<void> {
    while (going) {
      // Not awaited: a read that hangs must not hide that others succeed.
      void read()
      await sleep(INTERVAL_MS)
    }
  }
  async function watching(): Promise<void> {
    while (going) {
      const all = await pids()
      const used = await Promise.all(all.map(memoryOf))
      memory = Math.max(
        memory,
        used.reduce((sum, bytes) => sum + bytes, 0),
      )
      descriptors = Math.max(descriptors, ...(await Promise.all(all.map(descriptorsOf))))
      await sleep(WATCH_MS)
    }
  }
  const running = [reading(), watching()]
  return {
    failures,
    async recovery(maxMs) {
      const from = performance.now()
      while (lastGood <= from) {
        if (performance.now() - from > maxMs) throw new Error(`no recovery within ${maxMs} ms`)
        await sleep(5)
      }
      return lastGood - from
    },
    memory: () => memory,
    descriptors: () => descriptors,
    async [Symbol.asyncDispose]() {
      going = false
      await Promise.all(running)
      await agent.destroy()
    },
  }
}
