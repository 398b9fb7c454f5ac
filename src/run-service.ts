import { type ServeOptions, serve } from './serve.ts'
import { runWorker, workerNumber } from './worker.ts'

export interface RunOptions extends ServeOptions {
  /** How many processes share the port; left out, this process serves by itself. */
  readonly workers?: number | undefined
}

const LAST_MS = 1000

/**
 * `pushcart serve`: runs until SIGTERM or Ctrl-C, then stops in order. A second signal ends it at once.
 * A parent process that forked it is told the address over IPC: `{ type: 'listening', url }`.
 *
 * @returns when everything has stopped; failures to start are thrown
 */
export async function runService({ workers, ...options }: RunOptions): Promise<void> {
  const number = workerNumber()
  if (number !== undefined) return runWorker(options, number)
  // A listener for the parent's end keeps a forked process alive, so all of them go when this returns.
  using listeners = new DisposableStack()
  const told = new Promise<void>((resolve) => {
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
  // The parent may have died by now: then `told` has it, and an unheard error must not stop us from stopping in order.
  if (process.connected) process.send?.({ type: 'listening', url: service.url }, () => {})
  if (process.stdout.isTTY) {
    process.stdout.write(`\n  Listening at ${service.url}. Try:\n\n  ${example(service.url)}\n\n`)
  }
  const failure = await Promise.race([told, ...(service.failed ? [service.failed] : [])])
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
  await service.stop()
  // What is left has nothing to do, but for a log whose reader has stalled: it is not waited for without end.
  setTimeout(() => process.exit(), LAST_MS).unref()
  if (failure !== undefined) throw failure
}

function example(url: string): string {
  return `curl -X POST ${url}/shopping-carts -H 'content-type: application/json' -d '{"customer_id": 7}'`
}
