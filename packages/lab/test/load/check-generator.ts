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
 * Checks the load generator in real time, on an idle machine: `node test/load/check-generator.ts`. It takes seven
 * minutes; the exit code is 1 when a check fails.
 *
 * 1. A service of constant 20 ms, at a fixed rate, in turns with a recorder like wrk2: p50 and p99 within 5 % of the
 *    recorder's (the median of the rounds) and of the times that the service itself reports: 20 ms only on a machine on
 *    which it never waits.
 * 2. The same with a stall of 1 s every 10 s: p50 and p99 of the response time within 5 % of the expected values. A tenth
 *    of the operations meets the stall and waits uniformly between 0 and 1 s, so p99 is 0.9 s + 20 ms.
 * 3. Operations per CPU second on an endpoint that does nothing: at least half of wrk's, in turns with it. CPU seconds,
 *    since the server takes the other core and limits both.
 * 4. Two generators against one, in turns, in an open loop: with the same rate per generator, CPU time per operation at most
 *    1.1 times as much; with the same rate in total, p50 within 10 %, or within the range of p50 of one generator over the
 *    rounds, which is the noise of the machine. On the server of 3, and on nginx where it is installed.
 *    The closed loop, in which the server is the limit and each of two generators waits half of the time, is shown only:
 *    a generator that waits handles fewer responses per turn of its event loop, and each turn costs as much. The CPU time
 *    per operation of one busy generator is compared with an aim, which fails nothing: it depends on the machine.
 * 5. What an API costs that keeps cookies and a value of each cart and judges every body, beside pushcart's own, in turns
 *    on the server of 3. Shown only.
 */
const RATE = 200
const CONNECTIONS = 32
let failures = 0

function check(what: string, value: number, low: number, high: number, unit: string): void {
  const good = value >= low && value <= high
  if (!good) failures++
  const range =
    high === Number.POSITIVE_INFINITY
      ? `at least ${low}`
      : `${low.toPrecision(3)} to ${high.toPrecision(3)}`
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
const RATE_OF_ONE = 4000
const GENERATOR_ROUNDS = 5

/** Microseconds of CPU per operation that one busy generator should take. */
const AIM_US = 30

/** Microseconds of CPU per operation. */
function costOf({ overall, generator }: LoadResult): number {
  return (1e6 * generator.cpu_s) / overall.count
}

/** Interleaved, because the state of the machine changes from minute to minute. */
async function checkGenerators(url: string, server: string): Promise<void> {
  const rounds: Record<'alone' | 'closed' | 'cpu' | 'p50' | 'p50OfTwo', number>[] = []
  for (let round = 0; round < GENERATOR_ROUNDS; round++) {
    const closed = async (generators: number) =>
      costOf(await load(url, { ...CLOSED, connections: CONNECTIONS * generators }, generators))
    const open = async (rate: number, generators: number) => {
      const connections = CONNECTIONS * 2
      const result = await load(
        url,
        { ...CLOSED, connections, rate, arrivals: 'poisson' },
        generators,
      )
      return { cpu: costOf(result), p50: result.overall.response_time.p50 ?? 0 }
    }
    const [alone, shared] = [await closed(1), await closed(2)]
    const one = await open(RATE_OF_ONE, 1)
    const [twice, same] = [await open(2 * RATE_OF_ONE, 2), await open(RATE_OF_ONE, 2)]
    console.log(
      `      ${server}: closed loop ${alone.toFixed(1)} us of CPU per operation, two generators ${shared.toFixed(1)}; ` +
        `at ${RATE_OF_ONE}/s each ${one.cpu.toFixed(1)} and ${twice.cpu.toFixed(1)} us; ` +
        `at ${RATE_OF_ONE}/s in total p50 ${one.p50.toFixed(3)} and ${same.p50.toFixed(3)} ms`,
    )
    rounds.push({
      alone,
      closed: shared / alone,
      cpu: twice.cpu / one.cpu,
      p50: one.p50,
      p50OfTwo: same.p50,
    })
  }
  const all = (figure: keyof (typeof rounds)[number]) => rounds.map((round) => round[figure])
  const of = (figure: keyof (typeof rounds)[number]) => median(all(figure))
  console.log(
    `      ${server}: ${of('alone').toFixed(1)} us of CPU per operation, one busy generator (aim: ${AIM_US}); two that share the server ${of('closed').toFixed(2)} times as much`,
  )
  check(`${server}: CPU time per operation at the same rate each`, of('cpu'), 0, 1.1, '')
  const noise = Math.max(0.1 * of('p50'), Math.max(...all('p50')) - Math.min(...all('p50')))
  const difference = of('p50OfTwo') - of('p50')
  check(`${server}: p50 at the same rate in total, difference`, difference, -noise, noise, ' ms')
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
