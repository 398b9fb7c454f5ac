import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { descriptorsOf, memoryOf } from './support.ts'

/** Reads one cart at intervals, and watches the processes of the service. */
export interface Probe extends AsyncDisposable {
  /** Responses of 500 and above by error code. */
  readonly failures: Record<string, number>
  /**
   * When a read of the cart succeeded next, milliseconds from now. Rejects after `maxMs` and one more read, with what the reads met
   * meanwhile and what that read meets on a new connection: the service may have failed, or the connections of this client.
   */
  recovery(maxMs: number): Promise<number>
  memory(): number
  descriptors(): number
}

const INTERVAL_MS = 50
const WATCH_MS = 250
const READ_MS = 8000

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
  let unanswered = 0
  let memory = 0
  let descriptors = 0

  async function read(): Promise<void> {
    unanswered += 1
    const outcome = await readWith(agent, path)
    unanswered -= 1
    if (outcome === 'ok') lastGood = performance.now()
    else if (outcome !== undefined) failures[outcome] = (failures[outcome] ?? 0) + 1
  }

  async function describeSince(before: Readonly<Record<string, number>>): Promise<string> {
    const counts = Object.entries(failures)
      .map(([code, count]) => [code, count - (before[code] ?? 0)] as const)
      .filter(([, count]) => count > 0)
      .map(([code, count]) => `${count} x ${code}`)
    const other = new Agent({ connections: 1 })
    const outcome = (await readWith(other, path)) ?? 'an error below 500'
    await other.destroy()
    return [...counts, `${unanswered} unanswered`, `on a new connection: ${outcome}`].join(', ')
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
      const before = { ...failures }
      while (lastGood <= from) {
        if (performance.now() - from > maxMs)
          throw new Error(`no recovery within ${maxMs} ms: ${await describeSince(before)}`)
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

/** Reads the cart once: `ok`, the code of an error of 500 and above, or `undefined` for another error. */
async function readWith(dispatcher: Agent, path: string): Promise<string | undefined> {
  try {
    const { statusCode, body } = await request(path, {
      dispatcher,
      headersTimeout: READ_MS,
      bodyTimeout: READ_MS,
    })
    const text = await body.text()
    if (statusCode === 200) return 'ok'
    return statusCode >= 500 ? (/"error":"(\w+)"/.exec(text)?.[1] ?? `${statusCode}`) : undefined
  } catch {
    return 'no response'
  }
}
