/** A database that runs on this machine for the sake of one service or one test run. */
export interface Engine {
  /** Environment variables that point the service at this database, for example `DATABASE_URL`. */
  readonly settings: Readonly<Record<string, string>>
  /** Stops the database and waits until it has; the data stays. Calling it again changes nothing. */
  stop(): Promise<void>
}

/** Why an engine could not start or stop: one line for the person at the terminal. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
}
