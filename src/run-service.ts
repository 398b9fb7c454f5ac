import { once } from 'node:events'
import { type ServeOptions, serve } from './serve.ts'

/**
 * `pushcart serve`: runs until SIGTERM or Ctrl-C, then stops in order. A second signal ends it at once.
 * A parent process that forked it is told the address over IPC: `{ type: 'listening', url }`.
 *
 * @returns when everything has stopped; failures to start are thrown
 */
export async function runService(options: ServeOptions): Promise<void> {
  const ended = nextSignal()
  const service = await serve(options)
  process.send?.({ type: 'listening', url: service.url })
  if (process.stdout.isTTY) {
    process.stdout.write(`\n  Listening at ${service.url}. Try:\n\n  ${example(service.url)}\n\n`)
  }
  await ended
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
  await service.stop()
  // A forked service would stay alive for its IPC channel alone.
  if (process.connected) process.disconnect?.()
}

/** Resolves at the first signal to stop, or when the parent that forked this process is gone. */
async function nextSignal(): Promise<void> {
  const stop = new AbortController()
  const { signal } = stop
  await Promise.race(
    (['SIGINT', 'SIGTERM', 'disconnect'] as const).map((event) => once(process, event, { signal })),
  )
  stop.abort()
}

function example(url: string): string {
  return `curl -X POST ${url}/shopping-carts -H 'content-type: application/json' -d '{"customer_id": 7}'`
}
