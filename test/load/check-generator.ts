import { type ChildProcess, execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { completeSpec, type LoadSpec } from '../../lab/load/load-spec.ts'
import { runLoad } from '../../lab/load/run-load.ts'
import { median } from '../../lab/stats/median.ts'
import { percentile } from '../../lab/stats/percentile.ts'

/*
 * Checks the load generator in real time, on an idle machine: `node test/load/check-generator.ts`. It takes three
 * minutes; the exit code is 1 when a check fails.
 *
 * 1. A service of constant 20 ms, at a fixed rate, in turns with a recorder like wrk2: p50 and p99 within 5 % of the
 *    recorder's (the median of the rounds) and of the times that the service itself reports: 20 ms only on a machine on
 *    which it never waits.
 * 2. The same with a stall of 1 s every 10 s: p50 and p99 of the response time within 5 % of the expected values. A tenth
 *    of the operations meets the stall and waits uniformly between 0 and 1 s, so p99 is 0.9 s + 20 ms.
 * 3. Operations per CPU second on an endpoint that does nothing: at least half of wrk's, in turns with it. CPU seconds,
 *    since the server takes the other core and limits both.
 */
const RATE = 200
const CONNECTIONS = 32
let failures = 0

function check(what: string, value: number, low: number, high: number, unit: string): void {
  const good = value >= low && value <= high
  if (!good) failures++
  const range = high === Number.POSITIVE_INFINITY ? `at least ${low}` : `${low}-${high}`
  console.log(`${good ? 'good' : 'FAIL'}  ${what}: ${value.toFixed(2)}${unit} (${range})`)
}

interface Server {
  readonly url: string
  readonly port: number
  /** Times of the responses since the previous call as the server measured them, milliseconds; of the timed server. */
  times(): Promise<number[]>
}

async function withServer<T>(
  file: string,
  args: readonly number[],
  use: (server: Server) => Promise<T>,
): Promise<T> {
  const child = start(file, args)
  const [{ port }] = (await once(child, 'message')) as [AddressInfo]
  const times = async () => {
    child.send('times')
    const [own] = (await once(child, 'message')) as [number[]]
    return own
  }
  try {
    return await use({ url: `http://127.0.0.1:${port}`, port, times })
  } finally {
    child.disconnect()
  }
}

function start(file: string, args: readonly number[]): ChildProcess {
  const program = fileURLToPath(new URL(file, import.meta.url))
  return fork(program, args.map(String), { execArgv: [] })
}

const load = async (url: string, spec: Partial<LoadSpec>) => {
  const result = await runLoad(completeSpec({ mix: 'read-heavy', carts: 10, ...spec }), { url })
  for (const reason of result.invalid_because) console.log(`      ${reason}`)
  return result
}

const ACCURACY_ROUNDS = 6
const ROUND_S = 6

/** Ratios of our figures to the recorder's and to those of the service, round by round. */
async function checkConstant(): Promise<void> {
  await withServer('timed-server.ts', [20], async (server) => {
    const rounds: Record<'p50' | 'p99', { recorder: number; service: number }>[] = []
    for (let round = 0; round < ACCURACY_ROUNDS; round++) {
      const recorded = round % 2 === 0 ? await record(server) : null
      const { ours, service, lag } = await generate(server)
      const recorder = recorded ?? (await record(server))
      const [shown, other, truth] = [ours, recorder, service].map(
        ({ p50, p99 }) => `p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}`,
      )
      console.log(
        `      ${shown} ms (lag p99 ${lag}); recorder ${other}; the service took ${truth}`,
      )
      const against = (at: 'p50' | 'p99') => ({
        recorder: ours[at] / recorder[at],
        service: ours[at] / service[at],
      })
      rounds.push({ p50: against('p50'), p99: against('p99') })
    }
    for (const at of ['p50', 'p99'] as const)
      for (const other of ['recorder', 'service'] as const) {
        const ratio = median(rounds.map((round) => round[at][other]))
        check(`constant 20 ms, ${at} by the ${other}'s`, ratio, 0.95, 1.05, '')
      }
  })
}

async function generate(server: Server) {
  const spec = { rate: RATE, connections: CONNECTIONS, arrivals: 'constant', warmup_s: 1 } as const
  const { operations, generator, measured_s } = await load(server.url, {
    ...spec,
    duration_s: ROUND_S,
  })
  const own = (await server.times()).slice(-Math.floor(measured_s * RATE * 0.9))
  const { p50, p99 } =
    operations.find(({ operation }) => operation === 'get_cart')?.response_time ?? {}
  return { ours: { p50: p50 ?? 0, p99: p99 ?? 0 }, service: figures(own), lag: generator.lag.p99 }
}

async function record(server: Server) {
  const child = start('paced-recorder.ts', [server.port, RATE, ROUND_S, CONNECTIONS])
  const [times] = (await once(child, 'message')) as [number[]]
  await server.times()
  return figures(times)
}

function figures(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b)
  return { p50: percentile(sorted, 50), p99: percentile(sorted, 99) }
}

async function checkStall(): Promise<void> {
  const { overall } = await withServer('timed-server.ts', [20, 1000, 10_000], ({ url }) =>
    load(url, { rate: RATE, duration_s: 40, warmup_s: 0, connections: 300 }),
  )
  check('stall of 1 s every 10 s, p50', overall.response_time.p50 ?? 0, 19, 21, ' ms')
  check('stall of 1 s every 10 s, p99', overall.response_time.p99 ?? 0, 874, 966, ' ms')
}

const WRK_SECONDS = 4
const ROUNDS = 3

async function checkCost(): Promise<void> {
  await withServer('noop-server.ts', [], async ({ url }) => {
    const ratios: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const wrk = await measureWrk(url)
      if (wrk === null) return console.log('      wrk is not installed: its cost is not compared')
      const ours = await load(url, { duration_s: WRK_SECONDS, warmup_s: 1 })
      const perCpuSecond = ours.overall.succeeded / ours.generator.cpu_s
      ratios.push(perCpuSecond / wrk.perCpuSecond)
      const [a, b] = [perCpuSecond, wrk.perCpuSecond].map((rate) => Math.round(rate))
      console.log(
        `      ${a} operations per CPU second, wrk ${b}; ${ours.achieved_rate}/s, wrk ${wrk.rate}/s`,
      )
    }
    check(
      "operations per CPU second, share of wrk's",
      median(ratios),
      0.5,
      Number.POSITIVE_INFINITY,
      '',
    )
  })
}

/** wrk, one thread and as many connections as we have; its CPU time from bash's `time`. */
async function measureWrk(url: string) {
  const command = `TIMEFORMAT='cpu %U %S'; time wrk -t1 -c32 -d${WRK_SECONDS}s '${url}/shopping-carts/one'`
  const run = promisify(execFile)('bash', ['-c', command]).catch(() => null)
  const done = await run
  const requests = Number(/(\d+) requests in/.exec(done?.stdout ?? '')?.[1])
  const [, user = '', system = ''] = /cpu ([\d.]+) ([\d.]+)/.exec(done?.stderr ?? '') ?? []
  if (done === null || Number.isNaN(requests)) return null
  return {
    perCpuSecond: requests / (Number(user) + Number(system)),
    rate: Math.round(requests / WRK_SECONDS),
  }
}

await checkConstant()
await checkStall()
await checkCost()
process.exitCode = failures === 0 ? 0 : 1
