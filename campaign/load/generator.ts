import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { cpuMsOf } from '../support.ts'
import type { Loaded, LoadOrder, LoadPlan, LoadResponse } from './loaded.ts'

/** A load generator in a separate process. */
export interface Generator extends AsyncDisposable {
  run(plan: LoadPlan): Promise<Loaded>
}

export interface GeneratorOptions {
  readonly url: string
  /** The processes whose CPU time is measured, by name. */
  readonly processes: () => Promise<Readonly<Record<string, readonly number[]>>>
  readonly signal?: AbortSignal | undefined
}

const PROCESS = fileURLToPath(new URL('./generator-process.ts', import.meta.url))
const HEALTH_MS = 100
/** Before other processes, so that it sends on time; that takes from the service and not to it. */
const PRIORITY = -10

export function openGenerator({ url, processes, signal }: GeneratorOptions): Generator {
  const child = fork(PROCESS, {
    execArgv: [],
    serialization: 'advanced',
    ...(signal === undefined ? {} : { signal }),
  })
  child.on('error', () => {})
  const exited = once(child, 'exit')
  // Rejects when the signal ends the process.
  exited.catch(() => {})
  prefer(child.pid)

  async function cpu(): Promise<Record<string, number>> {
    const all = { ...(await processes()), generator: [child.pid ?? 0] }
    const times = Object.entries(all).map(async ([name, pids]) => {
      const each = await Promise.all(pids.map(cpuMsOf))
      return [name, each.reduce((sum, ms) => sum + ms, 0)] as const
    })
    return Object.fromEntries(await Promise.all(times))
  }

  return {
    async run(plan) {
      const order: LoadOrder = { url, plan }
      child.send(order)
      await responseOf(child, exited, 'begun')
      const done = responseOf(child, exited, 'done')
      // It is awaited below.
      done.catch(() => {})
      const [before, began] = [await cpu(), performance.now()]
      const over = new AbortController()
      const watching = watchHealth(url, over.signal)
      try {
        const { loaded } = await done
        const took = performance.now() - began
        const after = await cpu()
        const cores = Object.fromEntries(
          Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? 0)) / took]),
        )
        over.abort()
        return { ...loaded, slowestHealth: await watching, cores }
      } finally {
        over.abort()
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited.catch(() => {})
    },
  }
}

async function responseOf<Kind extends LoadResponse['kind']>(
  child: ChildProcess,
  exited: Promise<unknown>,
  kind: Kind,
): Promise<Extract<LoadResponse, { kind: Kind }>> {
  const response = await Promise.race([
    once(child, 'message').then(([message]) => message as LoadResponse),
    exited.then(() => undefined),
  ])
  if (response?.kind === kind) return response as Extract<LoadResponse, { kind: Kind }>
  throw new Error(response?.kind === 'failed' ? response.message : 'the load generator has ended')
}

/** The longest time of a health check over a connection of its own, milliseconds. */
async function watchHealth(url: string, over: AbortSignal): Promise<number> {
  let slowest = 0
  const health = new Pool(url, { connections: 1 })
  while (!over.aborted) {
    const at = performance.now()
    await health.request({ path: '/health/live', method: 'GET' }).then(
      ({ body }) => body.dump(),
      () => {},
    )
    slowest = Math.max(slowest, performance.now() - at)
    await sleep(HEALTH_MS, undefined, { signal: over }).catch(() => {})
  }
  await health.destroy()
  return slowest
}

/** Without the right to it, the generator reports how late it was. */
function prefer(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, PRIORITY)
  } catch {
    // Not root.
  }
}
