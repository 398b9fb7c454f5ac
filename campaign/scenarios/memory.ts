import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../database.ts'
import { skipped } from '../found.ts'
import { openGenerator } from '../load/generator.ts'
import type { Scenario } from '../scenario.ts'
import { openInstance } from '../service.ts'
import { descriptorsOf, memoryOf } from '../support.ts'

/** Requests per second, far below the limit of the service. */
const RATE = 150
/** Each phase has new connections and new carts. */
const CONNECTIONS = 100
const PHASE_S = 30
const SAMPLE_MS = 1000
/** In a shorter time, the heap is still growing to its working size. */
const MIN_SECONDS = 300
const MAX_GROWTH = 1.1

/** Memory and file descriptors of a service under a steady load do not grow. */
export const memory: Scenario = {
  name: 'memory',
  about: `memory and file descriptors over time, with ${RATE} requests per second and ever new connections and carts`,
  stores: ['postgres', 'dynamodb'],
  async run({ store, folder, seconds, signal }) {
    await using database = await openDatabase(store, folder)
    const settings = { ...database.settings, CART_STORE_TYPE: store }
    await using instance = await openInstance({ settings, args: ['--migrate'] })
    await using generator = openGenerator({
      url: instance.url,
      processes: async () => ({}),
      signal,
    })
    const samples: { readonly second: number; readonly bytes: number }[] = []
    const began = performance.now()
    const second = () => (performance.now() - began) / 1000
    const over = new AbortController()
    let descriptors = 0
    async function sampling(): Promise<void> {
      while (!over.signal.aborted) {
        samples.push({ second: Math.round(second()), bytes: await memoryOf(instance.pid()) })
        descriptors = Math.max(descriptors, await descriptorsOf(instance.pid()))
        await sleep(SAMPLE_MS, undefined, { signal: over.signal }).catch(() => {})
      }
    }
    const sampled = sampling()
    const failures: Record<string, number> = {}
    let phases = 0
    try {
      for (; second() < seconds && signal?.aborted !== true; phases++) {
        const left = Math.max(1, Math.min(PHASE_S, seconds - second()))
        const plan = { rate: RATE, connections: CONNECTIONS, seconds: left }
        for (const [code, count] of Object.entries((await generator.run(plan)).failures))
          failures[code] = (failures[code] ?? 0) + count
      }
    } finally {
      over.abort()
      await sampled
    }
    const half = (n: number) =>
      samples.filter((sample) => Math.min(1, Math.floor((2 * sample.second) / second())) === n)
    // The heap of V8 grows for minutes until a full collection, so only what is left after one says whether anything leaks.
    const lowest = (n: number) => Math.min(...half(n).map(({ bytes }) => bytes))
    const [before, after] = [lowest(0), lowest(1)]
    return [
      {
        ...skipped(this.name, store, this.about, ''),
        skipped: undefined,
        times: phases,
        failures,
        memory_bytes: Math.max(...samples.map(({ bytes }) => bytes)),
        memory_over_time: samples,
        descriptors,
        checks: [
          {
            criterion: `in the second half, memory falls to at most ${MAX_GROWTH} times its lowest in the first half`,
            measured: `${toMb(after)} MB after ${toMb(before)} MB`,
            passed: second() < MIN_SECONDS ? null : after <= MAX_GROWTH * before,
          },
        ],
      },
    ]
  },
}

const toMb = (bytes: number) => Math.round(bytes / 2 ** 20)
