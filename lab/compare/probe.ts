import { openCartClient } from '../cart-api/cart-client.ts'
import { metricsOf } from '../resources/watch-service.ts'
import { parseStoreKind, type Side } from './side.ts'

/** What a service says of itself at `/health` and `/metrics`; every field is `null` or false where it says nothing. */
export type SelfDescription = Pick<
  Side,
  'store' | 'engine' | 'read_consistency' | 'emulator' | 'pool_size'
>

const PROBE_TIMEOUT_MS = 10_000

/**
 * Asks a service what stands behind it. Any HTTP answer means that it is there; one that does not describe
 * itself is described by nulls, never by a guess.
 *
 * @throws UsageError when `url` is no usable URL; UnreachableError when nothing answers there
 */
export async function probe(url: string, signal?: AbortSignal): Promise<SelfDescription> {
  const client = openCartClient(url, { timeoutMs: PROBE_TIMEOUT_MS, signal })
  try {
    const answer = await client.ask('health', {})
    if (answer.status === 0) throw new UnreachableError(url, answer.error ?? 'no answer')
    const described = selfDescription(answer.body)
    // A stranger is not asked for metrics that only pushcart has.
    const metrics = described.store === null ? null : await metricsOf(url)
    return { ...described, pool_size: metrics?.get('pushcart_store_pool_limit') ?? null }
  } finally {
    await client.close()
  }
}

/** Nothing answers at an address. `message` is one line for the user. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'

  constructor(url: string, reason: string) {
    super(`${url} does not answer: ${reason}`)
  }
}

function selfDescription(body: unknown): Omit<SelfDescription, 'pool_size'> {
  const health = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const store = parseStoreKind(health.store)
  const engine = health.engine === 'embedded' || health.engine === 'external' ? health.engine : null
  const reads = health.read_consistency
  return {
    store,
    engine,
    read_consistency: reads === 'eventual' || reads === 'strong' ? reads : null,
    emulator: store === 'dynamodb' && (health.emulator === true || engine === 'embedded'),
  }
}
