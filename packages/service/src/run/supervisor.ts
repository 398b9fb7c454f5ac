import type { FastifyBaseLogger } from 'fastify'
import {
  type BeatMessage,
  errorOf,
  type FailedMessage,
  messageOf,
  type ReloadMessage,
  type StopMessage,
} from './worker-messages.ts'

/** The part of `cluster.Worker` that the supervisor uses. */
export interface WorkerProcess {
  readonly process: { readonly pid?: number | undefined; kill(signal: NodeJS.Signals): unknown }
  on(event: 'message', listener: (message: unknown) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: 'exit', listener: (code: number | null, signal: string | null) => void): unknown
  send(message: StopMessage | ReloadMessage | BeatMessage, done: () => void): unknown
}

export interface SupervisorOptions {
  /** Number of workers. They are numbered from 1; a replacement gets the number of its predecessor. */
  readonly count: number
  /** Starts worker `number`. A `port` overrides the settings. */
  fork(number: number, port: number | undefined): WorkerProcess
  /** Maximum time for workers to stop before they are killed, milliseconds. */
  readonly stopMs: number
  readonly logger: FastifyBaseLogger
  readonly clock?: () => number
}

export interface Crew {
  readonly url: string
  /** Resolves with the reason when the service cannot continue and must be stopped. */
  readonly failed: Promise<Error>
  /** Asks all workers to read the catalog file again. */
  reload(): void
  /** Lets all workers finish their requests, and waits until they have exited; rejects if one of them failed or had to be killed. */
  stop(): Promise<void>
}

/** Deaths per worker that are tolerated within `DEATHS_WITHIN_MS`: enough for accidents, not for a crash at every request. */
const DEATHS_PER_WORKER = 3
const DEATHS_WITHIN_MS = 60_000
/** How often a worker is asked whether it still handles events. */
const BEAT_MS = 1000
/**
 * A worker that has not answered so many times in a row is frozen. Counted, not timed: if the machine was suspended, the primary
 * asked nothing meanwhile.
 */
const MISSED_BEATS = 10
/** Pause before the next attempt when a replacement could not start. */
const PAUSE_MS = 1000

/** A worker was ended before it listened, by a signal that is not a request to stop. */
class EndedEarly extends Error {}

/** Workers receive them too, from a terminal or a process manager. */
const STOP_SIGNALS: readonly (string | null)[] = ['SIGINT', 'SIGTERM']

/**
 * Starts the workers and replaces those that die, until too many die.
 *
 * @returns when all workers listen
 * @throws the error of the first worker that could not start, after the others have exited. One that is killed after any
 *   worker has listened, which may serve clients, is replaced.
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
  /** Workers that ended otherwise than they were asked to. */
  const unclean: string[] = []
  let url: string | undefined
  let port: number | undefined

  /** Resolves when the worker listens; rejects when it exits before. */
  function start(number: number): Promise<void> {
    // With PORT=0 all workers share one port, but only while at least one of them has it open.
    if (alive.size === 0 && url !== undefined) port = Number(new URL(url).port)
    const worker = fork(number, port)
    const listening = Promise.withResolvers<void>()
    const exited = Promise.withResolvers<void>()
    let failure: FailedMessage | undefined
    let up = false
    let missed = 0
    let beats: NodeJS.Timeout | undefined
    function beat(): void {
      if (missed === MISSED_BEATS) {
        logger.error({ worker: number }, `worker ${number} does not respond; ending it`)
        worker.process.kill('SIGKILL')
      }
      missed += 1
      worker.send({ type: 'beat' }, () => {})
    }
    alive.set(worker, exited.promise)
    worker.on('message', (message) => {
      if (messageOf(message, 'beat') !== undefined) missed = 0
      failure ??= messageOf(message, 'failed')
      const listens = messageOf(message, 'listening')
      if (listens === undefined) return
      url ??= listens.url
      if (listens.url !== url)
        failed.resolve(new Error(`the port of ${url} was lost because all workers died at once`))
      up = true
      beats ??= setInterval(beat, BEAT_MS)
      listening.resolve()
    })
    worker.on('error', (err) => logger.error({ err, worker: number }, 'worker failed'))
    worker.once('exit', (code, signal) => {
      clearInterval(beats)
      alive.delete(worker)
      exited.resolve()
      const how = signal ?? `code ${code}`
      const error = failure && errorOf(failure)
      const early = `worker ${number} exited with ${how} before it listened`
      const isAccident = signal !== null && !STOP_SIGNALS.includes(signal)
      listening.reject(error ?? (isAccident ? new EndedEarly(early) : new Error(early)))
      if (stopping && code !== 0) {
        const complaint = `worker ${number} exited with ${how} instead of stopping`
        logger.error({ err: error }, complaint)
        unclean.push(complaint)
      }
      if (up && !stopping)
        died(number, `worker ${number} (${worker.process.pid}) exited with ${how}`)
    })
    return listening.promise
  }

  /** Starts a worker for the first time. */
  async function startFirst(number: number): Promise<void> {
    for (;;)
      try {
        return await start(number)
      } catch (error) {
        if (!(error instanceof EndedEarly) || url === undefined || stopping) throw error
        const problem = countDeath(number, error.message)
        if (problem !== undefined) throw problem
      }
  }

  /** @returns an error if too many have died */
  function countDeath(number: number, how: string): Error | undefined {
    deaths = [...deaths.filter((at) => at > clock() - DEATHS_WITHIN_MS), clock()]
    if (deaths.length > DEATHS_PER_WORKER * count) {
      const seconds = DEATHS_WITHIN_MS / 1000
      return new Error(
        `workers died ${deaths.length} times within ${seconds} s, most recently: ${how}`,
      )
    }
    logger.error({ worker: number }, `${how}; starting a replacement`)
    return undefined
  }

  function died(number: number, how: string, pauseMs = 0): void {
    const problem = countDeath(number, how)
    if (problem !== undefined) {
      failed.resolve(problem)
      return
    }
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

  async function end(): Promise<void> {
    stopping = true
    for (const pause of pauses) clearTimeout(pause)
    const workers = [...alive]
    // A message and not a signal: workers also receive Ctrl-C, and a second signal would end them at once.
    for (const [worker] of workers) worker.send({ type: 'stop' }, () => {})
    const overdue = setTimeout(() => {
      for (const worker of alive.keys()) worker.process.kill('SIGKILL')
    }, stopMs)
    await Promise.all(workers.map(([, exited]) => exited))
    clearTimeout(overdue)
  }

  async function stop(): Promise<void> {
    await end()
    if (unclean.length > 0) throw new Error(unclean.join('; '))
  }

  try {
    await Promise.all(Array.from({ length: count }, (_, index) => startFirst(index + 1)))
  } catch (error) {
    await end()
    throw error
  }
  const reload = () => {
    for (const worker of alive.keys()) worker.send({ type: 'reload' }, () => {})
  }
  return { url: url ?? '', failed: failed.promise, reload, stop }
}
