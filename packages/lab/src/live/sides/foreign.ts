import { plainAccess } from '../../cart-api/access.ts'
import type { NamedUrl } from '../../services/target.ts'
import { openUrls } from '../../services/target.ts'
import type { LiveSide } from './side.ts'

/**
 * Two services that run already. The page shows their responses, times and losses; it cannot look into their databases
 * and injects no fault.
 *
 * @throws UsageError for an invalid URL, UnreachableError if a service does not respond
 */
export async function openForeignSides(
  given: readonly [NamedUrl, NamedUrl],
  signal?: AbortSignal,
): Promise<LiveSide[]> {
  const targets = await openUrls(given, signal)
  return targets.map(({ side, url, access = plainAccess() }) => ({
    info: {
      key: side.key,
      label: side.label,
      store: side.store === 'memory' ? null : side.store,
      emulator: side.emulator,
      product: url,
      own: false,
    },
    side,
    access,
    url: () => url,
    clickUrl: () => url,
    own: undefined,
    async [Symbol.asyncDispose]() {},
  }))
}
