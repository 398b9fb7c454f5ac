import { execFile } from 'node:child_process'
import { readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { EngineError } from './engine.ts'
import { QUIET_LOG, reasonOf, type Server } from './postgres-cluster.ts'

const HOST = '127.0.0.1'
/** Recovery after a crash reads the log since the last checkpoint, which takes seconds at `max_wal_size`. */
const START_SECONDS = 120
const STOP_SECONDS = 60
/** Another process may take a free port before PostgreSQL binds it. */
const PORT_ATTEMPTS = 5

/**
 * Starts the server and waits until it accepts connections.
 *
 * @param port where to listen; by default a free port
 * @returns the port it listens on
 */
export async function startServer(server: Server, port?: number): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const candidate = port ?? (await freePort())
    const failure = await tryStart(server, candidate)
    if (failure === undefined) return candidate
    const taken = /could not bind .*(in use|10048)/.test(failure)
    if (taken && port === undefined && attempt < PORT_ATTEMPTS) continue
    throw new EngineError(
      taken
        ? `The embedded PostgreSQL cannot start: port ${candidate} on ${HOST} is taken.`
        : `The embedded PostgreSQL in ${server.dataDir} cannot start: ${reasonOf(failure)}`,
    )
  }
}

/** @returns the output of the server and pg_ctl if the server did not start */
async function tryStart({ dataDir, binaries, user }: Server, port: number) {
  const quiet = Object.entries(QUIET_LOG)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
  const log = join(dataDir, 'postgres.log')
  await writeFile(log, '', { mode: 0o600 })
  await user.own(log)
  const { code, output } = await user.run(binaries.pgCtl, [
    'start',
    ...target(dataDir, START_SECONDS),
    `--log=${log}`,
    `--options=-p ${port} ${quiet}`,
  ])
  return code === 0 ? undefined : `${await readFile(log, 'utf8')}\n${output}`
}

/** A "fast" shutdown: ends all sessions, writes a checkpoint and waits until the server has exited. */
export async function stopServer({ dataDir, binaries, user }: Server): Promise<void> {
  const args = ['stop', ...target(dataDir, STOP_SECONDS), '--mode=fast']
  const { code, output } = await user.run(binaries.pgCtl, args)
  if (code !== 0 && (await findPostmaster(dataDir)) !== undefined)
    throw new EngineError(`The embedded PostgreSQL does not stop: ${reasonOf(output)}`)
}

/**
 * Stops the orphaned server of a killed service. Only the holder of the folder's lock may call this: then no service uses the
 * server.
 */
export async function stopOrphan(server: Server): Promise<void> {
  if ((await findPostmaster(server.dataDir)) !== undefined) return stopServer(server)
  // Its pid may belong to another program by now, which would prevent PostgreSQL from starting.
  await rm(pidFile(server.dataDir), { force: true })
}

/** `ps` is costly, which other systems need to find the server. */
const LOOK_MS = process.platform === 'linux' ? 1000 : 5000

/** Resolves with the reason when the server has died, or without one when the signal aborts. The server is no child of ours. */
export async function untilServerDead(
  { dataDir }: Server,
  signal: AbortSignal,
): Promise<string | undefined> {
  while (!signal.aborted) {
    if ((await findPostmaster(dataDir)) === undefined) return 'PostgreSQL has exited'
    await sleep(LOOK_MS, undefined, { signal, ref: false }).catch(() => {})
  }
  return undefined
}

function target(dataDir: string, seconds: number): string[] {
  return [`--pgdata=${join(dataDir, 'cluster')}`, '--wait', `--timeout=${seconds}`]
}

function pidFile(dataDir: string): string {
  return join(dataDir, 'cluster', 'postmaster.pid')
}

/** The pid in `postmaster.pid`, if that process is the server of this folder. */
export async function findPostmaster(dataDir: string): Promise<number | undefined> {
  const content = await readFile(pidFile(dataDir), 'utf8').catch(() => '')
  const pid = Number.parseInt(content, 10)
  return pid > 1 && (await servesCluster(pid, join(dataDir, 'cluster'))) ? pid : undefined
}

async function servesCluster(pid: number, clusterDir: string): Promise<boolean> {
  try {
    const real = await realpath(clusterDir)
    // The working directory of the server is its cluster.
    if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`)) === real
    process.kill(pid, 0)
    // pg_ctl signals through a pipe that only PostgreSQL has.
    if (process.platform === 'win32') return true
    const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', `${pid}`])
    return stdout.includes(clusterDir)
  } catch {
    return false
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, HOST, () => {
      const address = probe.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
