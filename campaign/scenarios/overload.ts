import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../database.ts'
import { type Check, skipped, sumOf } from '../found.ts'
import { type Generator, openGenerator } from '../load/generator.ts'
import { idleConnections } from '../load/idle-connections.ts'
import type { Loaded } from '../load/loaded.ts'
import { startSlowProxy } from '../load/slow-proxy.ts'
import type { Scenario } from '../scenario.ts'
import { openInstance } from '../service.ts'
import { memoryOf } from '../support.ts'

const DELAY_MS = 500
const CONNECTIONS = 2000
const IDLE = 6000
const SHARE = 0.8
const MAX_MEMORY = 1024 * 2 ** 20
/** Numbers of clients with which the peak is looked for. */
const FIRST_CLIENTS = 200
/** More clients are tried while they bring so much more. */
const GAIN = 1.05
/** Requests that the generator sends later than this say nothing about the service. */
const MAX_LAG_MS = 25
/** Of the generator's limits: how many of the intended requests it must have sent. */
const MIN_SENT = 0.9

/** The floors of overload, as ratios of figures of one run. */
export const overload: Scenario = {
  name: 'overload',
  about: `3 and 10 times the peak rate on ${CONNECTIONS} connections, the database slowed by ${DELAY_MS} ms`,
  stores: ['postgres'],
  async run({ store, folder, seconds, signal }) {
    await using database = await openDatabase(store, folder)
    const direct = new URL(database.settings.DATABASE_URL ?? '')
    await using proxy = await startSlowProxy(Number(direct.port), DELAY_MS)
    const through = new URL(direct)
    through.port = `${proxy.port}`
    const settings = {
      ...database.settings,
      CART_STORE_TYPE: store,
      DATABASE_URL: through.href,
      MAX_CONNECTIONS: '12000',
    }
    await using instance = await openInstance({ settings, args: ['--migrate'] })
    await using generator = openGenerator({
      url: instance.url,
      processes: async () => ({
        service: [instance.pid()],
        database: await database.processes(),
        proxy: [proxy.pid],
      }),
      signal,
    })
    const phase = Math.max(4, seconds / 8)
    const open = async (name: string, rate: number) => {
      const loaded = await generator.run({ rate, connections: CONNECTIONS, seconds: phase })
      say(name, loaded)
      return loaded
    }
    async function besideIdle() {
      await using _idle = await idleConnections(instance.port, IDLE)
      const tenfold = await open(`10 times the peak, ${IDLE} idle connections`, 10 * rate)
      return { tenfold, memory: await memoryOf(instance.pid()) }
    }
    const rate = await peakOf(generator, phase)
    const calm = await open(`${SHARE} of the peak`, SHARE * rate)
    const triple = await open('3 times the peak', 3 * rate)
    const { tenfold, memory } = await besideIdle()
    await sleep(1000)
    const after = await open(`${SHARE} of the peak again`, SHARE * rate)
    const checks = [
      ...floors('3 x', triple, rate, calm),
      ...floors('10 x', tenfold, rate, calm),
      onTime(
        calm,
        after,
        atMost(
          'one second later, p99 is at most 1.5 times that before',
          after.accepted.p99,
          1.5 * calm.accepted.p99,
        ),
      ),
      {
        criterion: 'memory at most 1 GB',
        measured: `${Math.round(memory / 2 ** 20)} MB`,
        passed: memory <= MAX_MEMORY,
      },
    ]
    const isShort = signal?.aborted === true || calm.accepted.count < 100
    return [
      {
        ...skipped(this.name, store, this.about, ''),
        skipped: isShort ? 'too few requests to judge' : undefined,
        times: 2,
        failures: sumOf([triple.failures, tenfold.failures]),
        memory_bytes: memory,
        checks: [
          {
            criterion: 'the peak rate, and p99 at 0.8 of it',
            measured: `${rate.toFixed(0)} per second, ${calm.accepted.p99.toFixed(0)} ms`,
            passed: isShort ? null : true,
          },
          ...checks.map((check) => (isShort ? { ...check, passed: null } : check)),
        ],
      },
    ]
  },
}

/** Requests of the mix per second of so many clients that more would bring no more. */
async function peakOf(generator: Generator, seconds: number): Promise<number> {
  let peak = 0
  for (let clients = FIRST_CLIENTS; clients <= CONNECTIONS; clients *= 2) {
    const loaded = await generator.run({ clients, seconds })
    say(`${clients} clients`, loaded)
    const isMore = loaded.carried > GAIN * peak
    peak = Math.max(peak, loaded.carried)
    if (!isMore) break
  }
  return peak
}

function say(
  name: string,
  { goodput, carried, accepted, refused, cores, lagMs, slowestHealth }: Loaded,
) {
  const shares = Object.entries(cores).map(([who, share]) => `${who} ${share.toFixed(2)}`)
  process.stderr.write(
    `  ${name}: ${goodput.toFixed(0)}/s accepted (${carried.toFixed(0)}/s of the mix), p50 ${accepted.p50.toFixed(0)} ms, p99 ${accepted.p99.toFixed(0)} ms; ` +
      `${refused.count} refused, p99 ${refused.p99.toFixed(0)} ms; health ${slowestHealth.toFixed(0)} ms; ` +
      `generator late by ${lagMs.toFixed(0)} ms at p99; cores: ${shares.join(', ')}\n`,
  )
}

function floors(name: string, load: Loaded, rate: number, calm: Loaded): Check[] {
  const share = load.carried / rate
  const all: Check[] = [
    {
      criterion: `${name}: goodput at least 0.9 of the peak`,
      measured: share.toFixed(2),
      passed: share >= 0.9,
    },
    atMost(
      `${name}: p99 of accepted requests at most 3 times that at 0.8`,
      load.accepted.p99,
      3 * calm.accepted.p99,
    ),
    atMost(`${name}: p99 of refusals`, load.refused.p99, 100),
    atMost(`${name}: /health/live at most`, load.slowestHealth, 250),
  ]
  return all.map((check) => onTime(calm, load, check))
}

/** A generator that sent too late or too little does not decide a criterion. */
function onTime(calm: Loaded, load: Loaded, check: Check): Check {
  const lagMs = Math.max(calm.lagMs, load.lagMs)
  if (lagMs <= MAX_LAG_MS && load.sentShare >= MIN_SENT) return check
  const why = `generator late by ${lagMs.toFixed(0)} ms, sent ${(100 * load.sentShare).toFixed(0)} %`
  return { ...check, measured: `${check.measured}; ${why}`, passed: null }
}

function atMost(criterion: string, ms: number, limit: number): Check {
  return {
    criterion,
    measured: `${ms.toFixed(0)} of ${limit.toFixed(0)} ms`,
    passed: Number.isNaN(ms) ? null : ms <= limit,
  }
}
