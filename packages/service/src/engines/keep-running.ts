import { setTimeout as sleep } from 'node:timers/promises'
import { type Engine, EngineError, type WatchedEngine } from './engine.ts'

/** An engine that is started again when it dies. */
export interface KeptEngine extends Engine {
  /** Resolves with the reason when the database keeps dying. */
  readonly failed: Promise<Error>
}

export interface Keeping {
  /** Starts the database; `port` is that of its predecessor. */
  start(port?: number): Promise<WatchedEngine>
  /** Called before each further start. */
  restarting(reason: string): void
  readonly clock?: () => number
}

/** Deaths that are tolerated within `DEATHS_WITHIN_MS`, as for a worker. */
const DEATHS = 3
const DEATHS_WITHIN_MS = 60_000
/** Processes of a dead server may still hold its memory or its folder. */
const PAUSE_MS = 1000

/** Starts a database, and starts it again on the same port and data when it dies, until it dies too often. */
export async function keepRunning({
  start,
  restarting,
  clock = () => performance.now(),
}: Keeping): Promise<KeptEngine> {
  const failed = Promise.withResolvers<Error>()
  const stopping = new AbortController()
  const { signal } = stopping
  let engine: WatchedEngine | undefined = await start()
  const { port, settings } = engine
  let deaths: number[] = []

  /** Whether a further start is allowed. */
  function mayRestart(reason: string): boolean {
    deaths = [...deaths.filter((at) => at > clock() - DEATHS_WITHIN_MS), clock()]
    if (deaths.length <= DEATHS) return true
    const seconds = DEATHS_WITHIN_MS / 1000
    failed.resolve(
      new EngineError(
        `The embedded database died ${deaths.length} times within ${seconds} s, most recently: ${reason}`,
      ),
    )
    return false
  }

  /** Starts the database once more; returns the reason if it does not start. */
  async function restart(): Promise<string | undefined> {
    try {
      await engine?.stop()
      engine = undefined
      engine = await start(port)
      return undefined
    } catch (error) {
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {})
      return error instanceof Error ? error.message : String(error)
    }
  }

  async function watch(): Promise<void> {
    let reason = await engine?.untilDead(signal)
    while (reason !== undefined && !signal.aborted && mayRestart(reason)) {
      restarting(reason)
      reason = (await restart()) ?? (await engine?.untilDead(signal))
    }
  }

  const watching = watch()
  return {
    settings,
    failed: failed.promise,
    async stop() {
      stopping.abort()
      await watching
      await engine?.stop()
    },
  }
}
