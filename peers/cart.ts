/** A cart service that `npm run peers` measures. */
export interface Peer {
  readonly name: string
  /** Name and version for the table. */
  readonly title: string
  /** The shipped API file, for `--api`. */
  readonly api: string
  /** How it is run, in a sentence for the table: what is fair about it. */
  readonly settings: string
  /**
   * Prepares the database and starts the service.
   *
   * @param database URL of an empty PostgreSQL database
   * @param port     free port of 127.0.0.1
   */
  start(database: string, port: number): Promise<RunningPeer>
}

export interface RunningPeer {
  readonly url: string
  readonly pid: number
  /** Headers of every request, such as a key. */
  readonly headers: readonly string[]
  stop(): Promise<void>
}
