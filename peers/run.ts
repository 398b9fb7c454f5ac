import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { describeMachine } from '../packages/lab/src/results/machine.ts'
import { startPostgresEngine } from '../packages/service/src/engines/index.ts'
import type { Peer } from './cart.ts'
import {
  checkGuarantees,
  countAdds,
  type LoadFound,
  loadAtRate,
  loadClosed,
  type Measuring,
} from './measure.ts'
import { medusa } from './medusa.ts'
import { pushcart } from './pushcart.ts'
import { runProgram } from './support/program.ts'
import { type PeerFound, peersTable } from './table.ts'
import { vendure } from './vendure.ts'

/**
 * `npm run peers`: installs other carts from npm, runs them and pushcart on one PostgreSQL, and measures all in turns with the
 * lab's own commands. Takes about 15 minutes; writes results/peers/.
 */
const PEERS: readonly Peer[] = [vendure, medusa, pushcart]
const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const OUTPUT = join(FOLDER, '../results/peers')
const LIMIT_MINUTES = 45
/** Operations per second that the slowest peer sustains. */
const RATE = 4

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: PEERS.map(({ name }) => name).join(',') },
    seconds: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '5' },
    duration: { type: 'string', default: '10' },
  },
})
const [seconds, rounds, duration] = [values.seconds, values.rounds, values.duration].map(Number)
if (!seconds || !rounds || !duration)
  throw new Error('--seconds, --rounds and --duration are numbers')

const say = (line: string) => process.stderr.write(`${line}\n`)
await using cleanup = new AsyncDisposableStack()
// The carts run in processes of their own, which must not outlive this one.
const giveUp = (why: string) => {
  say(`${why}: stopping`)
  void cleanup.disposeAsync().finally(() => process.exit(2))
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => giveUp(signal))
setTimeout(() => giveUp(`not done within ${LIMIT_MINUTES} minutes`), LIMIT_MINUTES * 60_000).unref()
const chosen = PEERS.filter(({ name }) => values.only.split(',').includes(name))
await mkdir(OUTPUT, { recursive: true })
const engine = await startPostgresEngine({ dataDir: join(OUTPUT, 'postgres') })
cleanup.defer(() => engine.stop())

const measuring: Measuring[] = []
for (const peer of chosen) {
  await install(peer)
  say(`${peer.name}: starting`)
  const running = await peer.start(await emptyDatabase(peer.name), await freePort())
  cleanup.defer(() => running.stop())
  const folder = join(OUTPUT, peer.name)
  await mkdir(folder, { recursive: true })
  measuring.push({ peer, running, folder })
}

const loads = new Map<Peer, LoadFound[]>(chosen.map((peer) => [peer, []]))
for (let round = 1; round <= rounds; round++)
  for (const one of measuring) {
    say(`round ${round} of ${rounds}: ${one.peer.name}`)
    loads.get(one.peer)?.push(await loadClosed(one, round, duration))
  }
const found: PeerFound[] = []
for (const one of measuring) {
  say(`${one.peer.name}: ${RATE} operations per second`)
  const atRate = await loadAtRate(one, RATE, 3 * duration)
  say(`${one.peer.name}: concurrent adds`)
  const adds = await countAdds(one)
  say(`${one.peer.name}: guarantees`)
  const guarantees = await checkGuarantees(one, seconds)
  const { title, settings } = one.peer
  found.push({ title, settings, adds, guarantees, loads: loads.get(one.peer) ?? [], atRate })
}
const table = peersTable(found, describeMachine(), new Date().toISOString().slice(0, 10))
await writeFile(join(OUTPUT, 'peers.json'), `${JSON.stringify(found, null, 2)}\n`)
await writeFile(join(OUTPUT, 'peers.md'), table)
process.stdout.write(table)

async function install({ name }: Peer): Promise<void> {
  const cwd = join(FOLDER, name)
  if (!existsSync(join(cwd, 'package.json')) || existsSync(join(cwd, 'node_modules'))) return
  say(`${name}: npm ci`)
  await runProgram(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd, env: {} })
}

async function emptyDatabase(name: string): Promise<string> {
  const url = new URL(engine.settings.DATABASE_URL ?? '')
  const database = `peer_${name}`
  const client = new pg.Client(url.href)
  await client.connect()
  await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  await client.query(`CREATE DATABASE ${database}`)
  await client.end()
  url.pathname = `/${database}`
  return url.href
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}
