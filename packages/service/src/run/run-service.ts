import { performance } from 'node:perf_hooks'
import { type ServeOptions, serve } from './serve.ts'
import { runWorker, workerNumber } from './worker.ts'

export interface RunOptions extends ServeOptions {
  /** Number of processes that share the port; without it, this process serves alone. */
  readonly workers?: number | undefined
}

const LAST_MS = 1000

/**
 * `pushcart serve`: runs until SIGTERM or Ctrl-C, then stops gracefully. A second signal ends the process at once. A parent
 * process that forked this one receives the URL over IPC: `{ type: 'listening', url }`.
 *
 * @returns when everything has stopped; throws when the service cannot start
 */
export async function runService({ workers, ...options }: RunOptions): Promise<void> {
  replaceGetterOfPerformance()
  const number = workerNumber()
  if (number !== undefined) return runWorker(options, number)
  // The listener for `disconnect` keeps a forked process alive, so all listeners are removed when this returns.
  using listeners = new DisposableStack()
  const stopRequested = new Promise<void>((resolve) => {
    for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) {
      const listener = () => resolve()
      process.once(event, listener)
      listeners.defer(() => process.off(event, listener))
    }
  })
  const service =
    workers === undefined
      ? await serve(options)
      : await (await import('./workers.ts')).startWorkers(options, workers)
  // In a terminal, SIGHUP means that the terminal is gone, and ends the process as always.
  if (!process.stdin.isTTY) {
    const reload = () => void service.reload()
    process.on('SIGHUP', reload)
    listeners.defer(() => process.off('SIGHUP', reload))
  }
  // The parent may have died by now. `stopRequested` has that; the error of this message must not prevent a graceful stop.
  if (process.connected) process.send?.({ type: 'listening', url: service.url }, () => {})
  if (process.stdout.isTTY) {
    process.stdout.write(`\n  Listening at ${service.url}. Try:\n\n  ${example(service.url)}\n\n`)
  }
  const failure = await Promise.race([stopRequested, ...(service.failed ? [service.failed] : [])])
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
  await service.stop()
  // Only a log with a stalled reader can still keep the process alive.
  setTimeout(() => process.exit(), LAST_MS).unref()
  if (failure !== undefined) throw failure
}

/**
 * Node's global `performance` is a getter. A request looks at the clock ten times, for its log line, its metrics, and its place in
 * queues; as a plain property, that takes 2,000 instructions less.
 */
function replaceGetterOfPerformance(): void {
  Object.defineProperty(globalThis, 'performance', {
    value: performance,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

function example(url: string): string {
  return `curl -X POST ${url}/shopping-carts -H 'content-type: application/json' -d '{"customer_id": 7}'`
}
