/** A database that runs on this machine for one service or one test run. */
export interface Engine {
  /** Environment variables with the address of this database, for example `DATABASE_URL`. */
  readonly settings: Readonly<Record<string, string>>
  /** Stops the database and waits until it has stopped; the data stays. Further calls have no effect. */
  stop(): Promise<void>
}

/** An engine could not start or stop. The message is one line for the terminal. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}
