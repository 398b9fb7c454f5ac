import type { WatchedEngine } from '@pushcart/service/engines'

/** An embedded database that can be killed: it starts again on its data and port at once, as a supervisor would do it. */
export interface KillableDatabase extends AsyncDisposable {
  readonly settings: Readonly<Record<string, string>>
  pid(): number
  isUp(): boolean
  /** Ends the process with SIGKILL; resolves when the database is back. */
  kill(): Promise<void>
}

/** @param start starts the database, at a port if it is not the first time */
export async function startKillable(
  start: (port?: number) => Promise<WatchedEngine>,
): Promise<KillableDatabase> {
  let engine = await start()
  const { port, settings } = engine
  let restarting: Promise<void> | undefined

  async function restart(): Promise<void> {
    const stop = new AbortController()
    const dead = engine.untilDead(stop.signal)
    process.kill(engine.pid, 'SIGKILL')
    await dead
    await engine.stop()
    engine = await start(port)
  }

  return {
    settings,
    pid: () => engine.pid,
    isUp: () => restarting === undefined,
    kill() {
      restarting ??= restart().finally(() => {
        restarting = undefined
      })
      return restarting
    },
    async [Symbol.asyncDispose]() {
      await restarting?.catch(() => {})
      await engine.stop()
    },
  }
}
