import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { completeSpec, type LoadSpec, runLoad } from '../../lab/load/run-load.ts'

/*
 * Checks the load generator in real time, on a machine with nothing else to do: `node test/load/check-generator.ts`.
 * It takes two minutes and ends with 1 when a check fails.
 *
 * 1. A service of constant 20 ms: p50 and p99 within 5 % of 20 ms.
 * 2. The same with a stall of 1 s every 10 s: p50 and p99 of the response time within 5 % of what wrk2's recording
 *    gives by arithmetic. A tenth of the operations meets the stall and waits evenly between 0 and 1 s, so p99 is 0.9
 *    s + 20 ms.
 * 3. Operations per CPU second on an endpoint that does nothing: at least half of wrk's, in turns with it. By CPU
 *    seconds, since the server takes the other core and holds both back.
 */
const RATE = 200
let failures = 0

function check(what: string, value: number, low: number, high: number, unit: string): void {
  const good = value >= low && value <= high
  if (!good) failures++
  const range = high === Number.POSITIVE_INFINITY ? `at least ${low}` : `${low}-${high}`
  console.log(`${good ? 'good' : 'FAIL'}  ${what}: ${value.toFixed(2)} ${unit} (${range})`)
}

async function withServer<T>(
  file: string,
  args: readonly (number | string)[],
  use: (url: string) => Promise<T>,
): Promise<T> {
  const program = fileURLToPath(new URL(file, import.meta.url))
  const child = fork(program, args.map(String), { execArgv: [] })
  const [address] = (await once(child, 'message')) as [AddressInfo]
  try {
    return await use(`http://127.0.0.1:${address.port}`)
  } finally {
    child.disconnect()
  }
}

const load = async (url: string, spec: Partial<LoadSpec>) => {
  const result = await runLoad(completeSpec({ mix: 'read-heavy', carts: 10, ...spec }), { url })
  for (const reason of result.invalid_because) console.log(`      ${reason}`)
  return result
}

async function checkConstant(): Promise<void> {
  const { overall, generator } = await withServer('timed-server.ts', [20], (url) =>
    load(url, { rate: RATE, duration_s: 20, warmup_s: 3 }),
  )
  console.log(`      lag p50 ${generator.lag.p50} ms, p99 ${generator.lag.p99} ms`)
  check('constant 20 ms, p50', overall.response_time.p50 ?? 0, 19, 21, 'ms')
  check('constant 20 ms, p99', overall.response_time.p99 ?? 0, 19, 21, 'ms')
}

async function checkStall(): Promise<void> {
  const { overall } = await withServer('timed-server.ts', [20, 1000, 10_000], (url) =>
    load(url, { rate: RATE, duration_s: 40, warmup_s: 3, connections: 300 }),
  )
  check('stall of 1 s every 10 s, p50', overall.response_time.p50 ?? 0, 19, 21, 'ms')
  check('stall of 1 s every 10 s, p99', overall.response_time.p99 ?? 0, 874, 966, 'ms')
}

const WRK_SECONDS = 4
const ROUNDS = 3

async function checkCost(): Promise<void> {
  await withServer('noop-server.ts', [], async (url) => {
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
    const median = ratios.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0
    check("operations per CPU second, share of wrk's", median, 0.5, Number.POSITIVE_INFINITY, '')
  })
}

/** wrk, one thread and as many connections as we have; its CPU time as bash's `time` tells it. */
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
