import { type Access, plainAccess } from '../cart-api/access.ts'
import { compileRequest } from '../cart-api/compile-api.ts'
import { openExchange } from '../cart-api/exchange.ts'
import { UnreachableError } from '../errors/lab-error.ts'
import { parseStoreKind, type Side } from '../results/side.ts'
import { metricsOf } from './watch-service.ts'

/** What a service reports about itself at `/health` and `/metrics`; a field is `null` or false if it is not reported. */
export type SelfDescription = Pick<
  Side,
  'store' | 'engine' | 'read_consistency' | 'emulator' | 'layout' | 'pool_size'
>

const PROBE_TIMEOUT_MS = 10_000

/**
 * Asks a service which database it uses. Any HTTP response shows that it is up; nothing is guessed about a service that
 * does not describe itself.
 *
 * @throws UsageError for an invalid URL, UnreachableError without a response
 */
export async function probe(
  url: string,
  signal?: AbortSignal,
  access: Access = plainAccess(),
): Promise<SelfDescription> {
  const { headers, tls } = access
  const exchange = openExchange(url, { timeoutMs: PROBE_TIMEOUT_MS, signal, headers, tls })
  const { health } = access.api.operations
  try {
    const request =
      health === undefined
        ? ({ method: 'GET', path: '/' } as const)
        : compileRequest(health, access.session).request({})
    const answer = await exchange.send(request)
    if (answer.status === 0) throw new UnreachableError(url, answer.error ?? 'no response')
    const described = selfDescription(answer.body)
    // Only pushcart has these metrics.
    const metrics = described.store === null ? null : await metricsOf(url, access)
    return { ...described, pool_size: metrics?.get('pushcart_store_pool_limit') ?? null }
  } finally {
    await exchange.close()
  }
}

function selfDescription(body: unknown): Omit<SelfDescription, 'pool_size'> {
  const health = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const store = parseStoreKind(health.store)
  const engine = health.engine === 'embedded' || health.engine === 'external' ? health.engine : null
  const { read_consistency: reads, layout } = health
  return {
    store,
    engine,
    layout: layout === 'rows' || layout === 'document' ? layout : null,
    read_consistency: reads === 'eventual' || reads === 'strong' ? reads : null,
    emulator: store === 'dynamodb' && (health.emulator === true || engine === 'embedded'),
  }
}
