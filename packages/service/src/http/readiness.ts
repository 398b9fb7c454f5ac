import { CartError } from '../cart/errors.ts'
import { withTimeout } from '../common/with-timeout.ts'

/**
 * Returns a probe that resolves if `ping` does within `timeoutMs`, and otherwise rejects with STORE_TIMEOUT. At most one
 * ping is in flight: when the store hangs, further probes wait for that ping instead of taking a connection each.
 */
export function createReadiness(
  ping: () => Promise<unknown>,
  timeoutMs: number,
): () => Promise<unknown> {
  let pinging: Promise<unknown> | undefined
  return () => {
    pinging ??= ping().finally(() => {
      pinging = undefined
    })
    return withTimeout(
      pinging,
      timeoutMs,
      () => new CartError('STORE_TIMEOUT', `The database did not respond within ${timeoutMs} ms.`),
    )
  }
}
