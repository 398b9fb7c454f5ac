import { type ServeOptions, serve } from './serve.ts'

/**
 * `pushcart serve`: runs until SIGTERM or Ctrl-C, then stops in order. A second signal ends it at once.
 * A parent process that forked it is told the address over IPC: `{ type: 'listening', url }`.
 *
 * @returns when everything has stopped; failures to start are thrown
 */
export async function runService(options: ServeOptions): Promise<void> {
  // A listener for the parent's end keeps a forked process alive, so all of them go when this returns.
  using listeners = new DisposableStack()
  const told = new Promise<void>((resolve) => {
    for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) {
      const listener = () => resolve()
      process.once(event, listener)
      listeners.defer(() => process.off(event, listener))
    }
  })
  const service = await serve(options)
  process.send?.({ type: 'listening', url: service.url })
  if (process.stdout.isTTY) {
    process.stdout.write(`\n  Listening at ${service.url}. Try:\n\n  ${example(service.url)}\n\n`)
  }
  await told
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
  await service.stop()
}

function example(url: string): string {
  return `curl -X POST ${url}/shopping-carts -H 'content-type: application/json' -d '{"customer_id": 7}'`
}
