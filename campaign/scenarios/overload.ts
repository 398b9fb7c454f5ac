import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../database.ts'
import type { Check } from '../found.ts'
import { skipped } from '../found.ts'
import { closedLoop, idleConnections, type Loaded, openLoop } from '../load.ts'
import type { Scenario } from '../scenario.ts'
import { openInstance } from '../service.ts'
import { startSlowProxy } from '../slow-proxy.ts'
import { memoryOf } from '../support.ts'

const DELAY_MS = 500
const CONNECTIONS = 2000
const IDLE = 6000
const SHARE = 0.8
const MAX_MEMORY = 1024 * 2 ** 20

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
    const phase = Math.max(4, seconds / 6)
    const say = (what: string) => process.stderr.write(`  ${what}\n`)
    say('finding the peak rate')
    const peak = await closedLoop(instance.url, 200, phase, signal)
    // The limit has found its value by now.
    const most = await closedLoop(instance.url, 400, phase, signal)
    const rate = Math.max(peak.goodput, most.goodput)
    say(`peak ${rate.toFixed(0)} per second; now ${SHARE} of it`)
    const calm = await openLoop(instance.url, {
      rate: SHARE * rate,
      connections: CONNECTIONS,
      seconds: phase,
      signal,
    })
    say('3 times the peak rate')
    const triple = await openLoop(instance.url, {
      rate: 3 * rate,
      connections: CONNECTIONS,
      seconds: phase,
      signal,
    })
    say(`10 times the peak rate, with ${IDLE} idle connections`)
    await using _idle = await idleConnections(instance.port, IDLE)
    const tenfold = await openLoop(instance.url, {
      rate: 10 * rate,
      connections: CONNECTIONS,
      seconds: phase,
      signal,
    })
    const memory = await memoryOf(instance.pid())
    await sleep(1000)
    say(`${SHARE} of the peak rate again`)
    const after = await openLoop(instance.url, {
      rate: SHARE * rate,
      connections: 200,
      seconds: phase,
      signal,
    })
    const checks = [
      ...floors('3 x', triple, rate, calm),
      ...floors('10 x', tenfold, rate, calm),
      atMost(
        'one second later, p99 is at most 1.5 times that before',
        after.accepted.p99,
        1.5 * calm.accepted.p99,
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
        failures: sum(triple.failures, tenfold.failures),
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

function floors(name: string, load: Loaded, rate: number, calm: Loaded): Check[] {
  const share = load.goodput / rate
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
  // A generator that could not send the rate says nothing.
  return load.sentShare < 0.9 ? all.map((check) => ({ ...check, passed: null })) : all
}

function atMost(criterion: string, ms: number, limit: number): Check {
  return {
    criterion,
    measured: `${ms.toFixed(0)} of ${limit.toFixed(0)} ms`,
    passed: Number.isNaN(ms) ? null : ms <= limit,
  }
}

function sum(...all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const [code, count] of all.flatMap((one) => Object.entries(one)))
    total[code] = (total[code] ?? 0) + count
  return total
}
