import { parentPort, workerData } from 'node:worker_threads'
import type { Operation } from '@pushcart/histories'
import { unpackAccess } from '../../cart-api/access-data.ts'
import { openCartClient } from '../../cart-api/cart-client.ts'
import type { Instance } from '../../consistency/record/recorder.ts'
import { BUCKETS, bucketOf } from '../buckets.ts'
import { FRAME_MS } from '../protocol.ts'
import { FAMILY, runFamily } from './family.ts'
import type { FromLoad, LoadThreadData, ToLoad } from './messages.ts'
import { DEFAULT_MIX } from './mixes.ts'

/** The thread that shops on one side: the load of two services, the page and the checker share no event loop. */
const data: LoadThreadData = workerData
const started = BigInt(data.started)
const access = await unpackAccess(data.access)
const now = () => Number(process.hrtime.bigint() - started)
const post = (message: FromLoad) => parentPort?.postMessage(message)

const CONNECTIONS = 64
const TIMEOUT_MS = 8000

let shoppers = 0
let mix = DEFAULT_MIX
let faults: readonly string[] = []
let customers = data.customers
let instance = open(data.url)
const running = new Set<number>()

let latency = new Uint32Array(BUCKETS)
let counts = { ok: 0, refused: 0, unknown: 0 }
let errors: Record<string, number> = {}

function open(url: string): Instance {
  const client = openCartClient(url, { connections: CONNECTIONS, timeoutMs: TIMEOUT_MS, access })
  return { name: 'i0', client }
}

function count({ status, error, call, return: end }: Operation): void {
  if (status === 'ok') {
    counts.ok++
    const bucket = bucketOf((end - call) / 1e6)
    latency[bucket] = (latency[bucket] ?? 0) + 1
    return
  }
  if (status === 'fail') counts.refused++
  else counts.unknown++
  const code = error ?? 'no response'
  errors[code] = (errors[code] ?? 0) + 1
}

/** Members of a family among all shoppers: the last family may be smaller. */
function membersOf(family: number): number {
  return Math.max(0, Math.min(FAMILY, shoppers - family * FAMILY))
}

function staff(): void {
  for (let family = 0; family < Math.ceil(shoppers / FAMILY); family++) {
    if (running.has(family)) continue
    running.add(family)
    void runFamily({
      access,
      abilities: data.abilities,
      seed: data.seed,
      number: family,
      customer: () => String(++customers),
      now,
      instance: () => instance,
      faults: () => faults,
      mix: () => mix,
      members: () => membersOf(family),
      onOperation: count,
      onCart: (operations) => post({ type: 'cart', operations }),
    }).finally(() => running.delete(family))
  }
}

function tally(): void {
  const sparse: [number, number][] = []
  latency.forEach((samples, bucket) => {
    if (samples > 0) sparse.push([bucket, samples])
  })
  post({ type: 'tally', tally: { ...counts, latency: sparse, errors } })
  latency = new Uint32Array(BUCKETS)
  counts = { ok: 0, refused: 0, unknown: 0 }
  errors = {}
}

const ticking = setInterval(tally, FRAME_MS)

parentPort?.on('message', (message: ToLoad) => {
  switch (message.type) {
    case 'shoppers':
      shoppers = message.shoppers
      mix = message.mix
      staff()
      return
    case 'url': {
      const before = instance
      instance = open(message.url)
      // Requests in flight end first.
      setTimeout(() => void before.client.close(), TIMEOUT_MS)
      return
    }
    case 'faults':
      faults = message.faults
      return
    case 'stop':
      clearInterval(ticking)
      process.exit(0)
  }
})
