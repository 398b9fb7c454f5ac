import type { FastifyBaseLogger } from 'fastify'
import { errorOf, type FailedMessage, messageOf, type StopMessage } from './worker-messages.ts'

/** What the supervisor needs of a worker process; a `cluster.Worker` has it. */
export interface WorkerProcess {
  readonly process: { readonly pid?: number | undefined; kill(signal: NodeJS.Signals): unknown }
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown
  send(message: StopMessage, done: () => void): unknown
}

export interface SupervisorOptions {
  /** How many workers; their numbers are 1 to `count`, and a replacement gets its predecessor's. */
  readonly count: number
  /** Starts worker `number`. With `port`, it must listen there and not where the settings say. */
  fork(number: number, port: number | undefined): WorkerProcess
  /** How long workers may take to stop before they are killed, milliseconds. */
  readonly stopMs: number
  readonly logger: FastifyBaseLogger
  readonly clock?: () => number
}

export interface Crew {
  readonly url: string
  /** Resolves with the reason when the service cannot go on; it must be stopped then. */
  readonly failed: Promise<Error>
  /** Lets all workers finish their requests, and waits for their ends. */
  stop(): Promise<void>
}

/** Deaths allowed per worker in `DEATHS_WITHIN_MS`: room for accidents, not for a crash at every request. */
const DEATHS_PER_WORKER = 3
const DEATHS_WITHIN_MS = 60_000
/** Before another try when a replacement did not even start. */
const PAUSE_MS = 1000

/**
 * Starts the workers and replaces those that die, until too many do.
 *
 * @returns when all of them listen
 * @throws what the first that could not start reported; the others have ended by then
 */
export async function supervise({
  count,
  fork,
  stopMs,
  logger,
  clock = Date.now,
}: SupervisorOptions): Promise<Crew> {
  const alive = new Map<WorkerProcess, Promise<void>>()
  const pauses = new Set<NodeJS.Timeout>()
  const failed = Promise.withResolvers<Error>()
  let deaths: number[] = []
  let stopping = false
  let url: string | undefined
  let port: number | undefined

  /** Resolves when it listens, rejects when it ends before. */
  function start(number: number): Promise<void> {
    const worker = fork(number, port)
    const listening = Promise.withResolvers<void>()
    const exited = Promise.withResolvers<void>()
    let failure: FailedMessage | undefined
    let up = false
    alive.set(worker, exited.promise)
    worker.on('message', (message) => {
      failure ??= messageOf(message, 'failed')
      const heard = messageOf(message, 'listening')
      if (heard === undefined) return
      url ??= heard.url
      if (heard.url !== url)
        failed.resolve(new Error(`the address ${url} was lost when all workers died at once`))
      up = true
      listening.resolve()
    })
    worker.on('error', (err) => logger.error({ err, worker: number }, 'worker failed'))
    worker.once('exit', (code, signal) => {
      alive.delete(worker)
      exited.resolve()
      const how = signal ?? `code ${code}`
      const error = failure && errorOf(failure)
      listening.reject(error ?? new Error(`worker ${number} ended by ${how} before it listened`))
      if (stopping && code !== 0)
        logger.error(`worker ${number} ended by ${how} instead of stopping`)
      if (up && !stopping) died(number, `worker ${number} (${worker.process.pid}) ended by ${how}`)
    })
    return listening.promise
  }

  function died(number: number, how: string, pauseMs = 0): void {
    deaths = [...deaths.filter((at) => at > clock() - DEATHS_WITHIN_MS), clock()]
    if (deaths.length > DEATHS_PER_WORKER * count) {
      const seconds = DEATHS_WITHIN_MS / 1000
      failed.resolve(
        new Error(`workers died ${deaths.length} times within ${seconds} s; at last ${how}`),
      )
      return
    }
    logger.error({ worker: number }, `${how}; starting another`)
    // Port 0 means one port to all workers, but for as long as one of them has it.
    if (alive.size === 0 && url !== undefined) port = Number(new URL(url).port)
    if (pauseMs === 0) replace(number)
    else {
      const pause = setTimeout(() => {
        pauses.delete(pause)
        replace(number)
      }, pauseMs)
      pauses.add(pause)
    }
  }

  function replace(number: number): void {
    start(number).catch((error: Error) => {
      if (!stopping) died(number, error.message, PAUSE_MS)
    })
  }

  async function stop(): Promise<void> {
    stopping = true
    for (const pause of pauses) clearTimeout(pause)
    const workers = [...alive]
    // A message and not a signal: Ctrl-C has reached the workers too, and a second signal would end them at once.
    for (const [worker] of workers) worker.send({ type: 'stop' }, () => {})
    const overdue = setTimeout(() => {
      for (const worker of alive.keys()) worker.process.kill('SIGKILL')
    }, stopMs)
    await Promise.all(workers.map(([, exited]) => exited))
    clearTimeout(overdue)
  }

  try {
    await Promise.all(Array.from({ length: count }, (_, index) => start(index + 1)))
  } catch (error) {
    await stop()
    throw error
  }
  return { url: url ?? '', failed: failed.promise, stop }
}
