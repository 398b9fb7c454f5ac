import cluster from 'node:cluster'
import { type ServeOptions, serve } from './serve.ts'
import {
  type BeatMessage,
  failedMessage,
  type ListeningMessage,
  messageOf,
} from './worker-messages.ts'

/** The environment variable with the number of a worker. */
export const WORKER_NUMBER = 'PUSHCART_WORKER'

/** The number of this process among the workers of `serve --workers`; `undefined` if it is not a worker. */
export function workerNumber(): number | undefined {
  const number = Number(process.env[WORKER_NUMBER])
  return cluster.isWorker && Number.isInteger(number) && number > 0 ? number : undefined
}

/**
 * Runs one worker until the primary or a signal stops it, then ends the process. The primary reports an error at the
 * start.
 */
export async function runWorker(options: ServeOptions, number: number): Promise<never> {
  const stopRequested = new Promise<void>((resolve) => {
    process.on('message', (message) => messageOf(message, 'stop') && resolve())
    process.on('SIGINT', () => resolve()).on('SIGTERM', () => resolve())
    // The primary receives it too and asks all workers.
    process.on('SIGHUP', () => {})
  })
  try {
    const service = await serve({ ...options, worker: number })
    process.on('message', (message) => {
      if (messageOf(message, 'reload') !== undefined) void service.reload()
      else if (messageOf(message, 'beat') !== undefined)
        void send({ type: 'beat' } satisfies BeatMessage)
    })
    await send({ type: 'listening', url: service.url } satisfies ListeningMessage)
    await stopRequested
    await service.stop()
  } catch (error) {
    await send(failedMessage(error))
    process.exit(1)
  }
  process.exit(0)
}

function send(message: object): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve()
    else process.send(message, undefined, {}, () => resolve())
  })
}
