import { type ChildProcess, execFile, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Access, plainAccess } from '../../src/cart-api/access.ts'
import type { Api } from '../../src/cart-api/api.ts'
import { pushcartDescription } from '../../src/cart-api/pushcart-api.ts'
import { runLoad } from '../../src/load/run-load.ts'
import type { LoadResult } from '../../src/results/load-result.ts'
import { completeSpec, type LoadSpec } from '../../src/results/load-spec.ts'
import { median } from '../../src/stats/median.ts'
import { percentile } from '../../src/stats/percentile.ts'

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
 * 4. Two generators against one, in turns: CPU time per operation at most 1.1 times as much in a closed loop in which each
 *    has as many connections, and p50 at the same rate within 10 %. On the server of 3, and on nginx where it is installed.
 *    The CPU time per operation of one generator is compared with an aim, which fails nothing: it depends on the machine.
 * 5. What an API costs that keeps cookies and a value of each cart and judges every body, beside pushcart's own, in turns
 *    on the server of 3. Shown only.
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

const load = async (url: string, spec: Partial<LoadSpec>, generators = 1, access?: Access) => {
  const wanted = completeSpec({ mix: 'read-heavy', carts: 10, ...spec })
  const result = await runLoad(wanted, { url, access }, { generators: () => generators })
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

const CLOSED = { duration_s: WRK_SECONDS, warmup_s: 1, cart_choice: 'uniform' } as const
const AT_RATE = { ...CLOSED, rate: 1000, arrivals: 'poisson' } as const

/** Microseconds of CPU per operation that one generator should take. */
const AIM_US = 30

/** Microseconds of CPU per operation. */
function costOf({ overall, generator }: LoadResult): number {
  return (1e6 * generator.cpu_s) / overall.count
}

/** Interleaved, because the state of the machine changes from minute to minute. */
async function checkGenerators(url: string, server: string): Promise<void> {
  const cpu: number[] = []
  const alone: number[] = []
  const p50: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const microseconds = async (generators: number) => {
      const connections = CONNECTIONS * generators
      return costOf(await load(url, { ...CLOSED, connections }, generators))
    }
    const medianOf = async (generators: number) =>
      (await load(url, AT_RATE, generators)).overall.response_time.p50 ?? 0
    const [one, two] = [await microseconds(1), await microseconds(2)]
    const [slow, fast] = [await medianOf(1), await medianOf(2)]
    console.log(
      `      ${server}: ${one.toFixed(1)} us per operation, two generators ${two.toFixed(1)}; at ${AT_RATE.rate}/s p50 ${slow.toFixed(2)} and ${fast.toFixed(2)} ms`,
    )
    cpu.push(two / one)
    alone.push(one)
    p50.push(fast / slow)
  }
  console.log(
    `      ${server}: ${median(alone).toFixed(1)} us of CPU per operation, one generator (aim: ${AIM_US})`,
  )
  check(`${server}: CPU time per operation, two generators by one`, median(cpu), 0, 1.1, '')
  check(`${server}: p50 at the same rate, two generators by one`, median(p50), 0.9, 1.1, '')
}

/** An API with what costs most: cookies of each cart, a value of it in a header, and bodies that may report failures. */
function demandingAccess(): Access {
  const { operations, errors } = pushcartDescription
  const headers = { 'x-cart-key': '{cart.key}' }
  const api: Api = {
    ...pushcartDescription,
    name: 'demanding',
    cookies: 'cart',
    operations: {
      ...operations,
      create: { ...operations.create, capture: { key: '/shopping_cart_id' } },
      add: { ...operations.add, headers },
      get: { ...operations.get, headers },
    },
    errors: { ...errors, refused: ['/refused'], failed: ['/failed'] },
  }
  return { ...plainAccess(), api }
}

async function checkAnyCart(): Promise<void> {
  await withServer('noop-server.ts', [], async ({ url }) => {
    const ratios: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const plain = costOf(await load(url, CLOSED))
      const demanding = costOf(await load(url, CLOSED, 1, demandingAccess()))
      ratios.push(demanding / plain)
      console.log(
        `      ${plain.toFixed(1)} us per operation, with cookies, a kept value and judged bodies ${demanding.toFixed(1)}`,
      )
    }
    console.log(`      any cart: ${median(ratios).toFixed(2)} times the CPU time per operation`)
  })
}

const NGINX = `daemon off; pid PREFIX/pid; error_log stderr crit; worker_processes 1;
events { worker_connections 512; }
http { access_log off; client_body_temp_path PREFIX; proxy_temp_path PREFIX; fastcgi_temp_path PREFIX;
  uwsgi_temp_path PREFIX; scgi_temp_path PREFIX; keepalive_requests 1000000000;
  server { listen 127.0.0.1:PORT; default_type application/json;
    location = /shopping-carts { return 201 '{"shopping_cart_id":"one"}'; }
    location ~ /items$ { return 204; }
    location / { return 200 '{"shopping_cart_id":"one","items":[]}'; } } }`

/** Runs nginx with fixed responses; says so where it is not installed. */
async function checkNginx(): Promise<void> {
  const installed = await promisify(execFile)('nginx', ['-v']).catch(() => null)
  if (installed === null)
    return console.log('      nginx is not installed: not measured against it')
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-nginx-'))
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  await writeFile(file, NGINX.replaceAll('PREFIX', folder).replaceAll('PORT', String(port)))
  const nginx = spawn('nginx', ['-p', folder, '-c', file], { stdio: 'ignore' })
  try {
    const url = `http://127.0.0.1:${port}`
    while (!(await fetch(url).catch(() => null))) await sleep(50)
    await checkGenerators(url, 'nginx')
  } finally {
    nginx.kill()
    await once(nginx, 'exit')
    await rm(folder, { recursive: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const CHECKS = {
  constant: checkConstant,
  stall: checkStall,
  cost: checkCost,
  generators: () => withServer('noop-server.ts', [], ({ url }) => checkGenerators(url, 'memory')),
  'any-cart': checkAnyCart,
  nginx: checkNginx,
} as const

// All checks, or those that are named.
const wanted = process.argv.slice(2)
for (const [name, run] of Object.entries(CHECKS))
  if (wanted.length === 0 || wanted.includes(name)) await run()
process.exitCode = failures === 0 ? 0 : 1
