/** A database that runs on this machine for one service or one test run. */
export interface Engine {
  /** Environment variables with the address of this database, for example `DATABASE_URL`. */
  readonly settings: Readonly<Record<string, string>>
  /** Stops the database and waits until it has stopped; the data stays. Further calls have no effect. */
  stop(): Promise<void>
}

/** An engine whose process can be watched, and started again on its port. */
export interface WatchedEngine extends Engine {
  readonly port: number
  /** Its process, or that of PostgreSQL's main server. */
  readonly pid: number
  /** Resolves with the reason when the database has died without `stop`, or without one when the signal aborts. */
  untilDead(signal: AbortSignal): Promise<string | undefined>
}

/** An engine could not start or stop. The message is one line for the terminal. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}
