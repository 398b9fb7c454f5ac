import { setTimeout as sleep } from 'node:timers/promises'
import type { WatchedEngine } from '@pushcart/service/engines'

/**
 * An embedded database that starts again on its data and port whenever it has died, by `kill` or by another hand, as a
 * supervisor would do it.
 */
export interface KillableDatabase extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>
  pid(): number
  isUp(): boolean
  /** Ends the process with SIGKILL; resolves when the database is back. */
  kill(): Promise<void>
}

/** Before another attempt to start. */
const PAUSE_MS = 1000

/** @param start starts the database, at a port if it is not the first time */
export async function startKillable(
  start: (port?: number) => Promise<WatchedEngine>,
): Promise<KillableDatabase> {
  let engine = await start()
  const { port, settings } = engine
  const stopping = new AbortController()
  const { signal } = stopping
  /** Pending while the database is down. */
  let back: PromiseWithResolvers<void> | undefined

  /** @returns whether the database runs; without, it has been stopped meanwhile */
  async function restart(): Promise<boolean> {
    await engine.stop().catch(() => {})
    while (!signal.aborted) {
      try {
        engine = await start(port)
        return true
      } catch {
        // Processes of the dead one may still hold its memory or its folder.
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => {})
      }
    }
    return false
  }

  async function supervise(): Promise<void> {
    while ((await engine.untilDead(signal)) !== undefined) {
      back ??= Promise.withResolvers()
      if (!(await restart())) break
      back.resolve()
      back = undefined
    }
    back?.resolve()
  }

  const supervising = supervise()
  return {
    settings,
    pid: () => engine.pid,
    isUp: () => back === undefined,
    async kill() {
      if (back === undefined) {
        back = Promise.withResolvers()
        process.kill(engine.pid, 'SIGKILL')
      }
      await back.promise
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await supervising
      await engine.stop()
    },
  }
}
