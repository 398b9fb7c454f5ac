import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { childrenOf, freePort, signal } from './support.ts'

const CLI = fileURLToPath(new URL('../packages/service/src/cli.ts', import.meta.url))

/** An instance of the service on one port, which can be killed, frozen, stopped and started again. */
export interface Instance extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** The process that was started; with workers, the primary. */
  pid(): number
  workers(): Promise<number[]>
  /** The started process and its workers. */
  processes(): Promise<number[]>
  /** Resolves when it listens. */
  start(): Promise<void>
  /** Ends it at once. */
  kill(): Promise<void>
  /** Sends SIGTERM and waits for its end. */
  stop(): Promise<void>
}

export interface InstanceOptions {
  readonly settings: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly port?: number
  /** A program and its arguments that run the service, such as `prlimit --nofile=256`. */
  readonly through?: readonly string[]
}

const STOP_MS = 30_000
/** Node's own default. Each start then takes half of the CPU time; an instance that is stopped, not killed, writes it. */
const COMPILED = join(tmpdir(), 'node-compile-cache')
/** A start takes a second; on a machine with other work, many. */
const LISTEN_MS = 180_000

/** A started instance, with `POSTGRES_LAYOUT` of this process. Its log is not read, only its standard error. */
export async function openInstance({
  settings,
  args = [],
  port: wanted,
  through = [],
}: InstanceOptions): Promise<Instance> {
  const port = wanted ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  const { POSTGRES_LAYOUT: layout } = process.env
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const [program = process.execPath, ...before] = through
    const own = through.length === 0 ? [] : [process.execPath]
    const started = spawn(program, [...before, ...own, CLI, ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        HOST: '127.0.0.1',
        PORT: `${port}`,
        LOG_LEVEL: 'fatal',
        SWEEP_INTERVAL_SECONDS: '0',
        NODE_COMPILE_CACHE: COMPILED,
        ...(layout === undefined ? {} : { POSTGRES_LAYOUT: layout }),
        ...settings,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child = started
    let complaint = ''
    started.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000)
    })
    const until = performance.now() + LISTEN_MS
    while (!(await isUp(url))) {
      if (started.exitCode !== null || started.signalCode !== null)
        throw new Error(`the service did not start: ${complaint.trim()}`)
      if (performance.now() > until) throw new Error('the service did not listen in time')
      await sleep(20)
    }
  }

  async function end(name: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(name)
    const overdue = setTimeout(() => child?.kill('SIGKILL'), STOP_MS)
    await exited
    clearTimeout(overdue)
  }

  const instance: Instance = {
    url,
    port,
    pid: () => child?.pid ?? 0,
    workers: () => childrenOf(child?.pid ?? 0),
    processes: async () => [instance.pid(), ...(await instance.workers())],
    start,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async [Symbol.asyncDispose]() {
      for (const pid of [child?.pid ?? 0, ...(await childrenOf(child?.pid ?? 0))])
        if (pid > 0) signal(pid, 'SIGCONT')
      await end('SIGTERM')
    },
  }
  await start()
  return instance
}

async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(1000) })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
