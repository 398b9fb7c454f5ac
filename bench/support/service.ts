import type { Bench } from '../bench.ts'
import { writeCatalog } from '../carts.ts'
import { type Listening, startListening } from './listening.ts'

/**
 * Starts `pushcart serve` as in production: one process, logs and metrics on, default pool and timeouts. Only the cart
 * limits are raised, because a load adds more units to one cart than a shop would allow.
 */
export async function startService(
  bench: Pick<Bench, 'scratch' | 'signal'>,
  settings: Readonly<Record<string, string>>,
  options: readonly string[] = [],
): Promise<Listening> {
  return startListening({
    args: options,
    settings: {
      CATALOG_FILE: await writeCatalog(bench.scratch),
      CART_MAX_LINE_QUANTITY: '1000000',
      CART_MAX_UNITS: '1000000',
      ...settings,
    },
    signal: bench.signal,
  })
}

/** Starts the service on PostgreSQL and creates its schema. */
export function startOnPostgres(
  bench: Pick<Bench, 'scratch' | 'signal'>,
  url: string,
  layout: 'rows' | 'document' = 'rows',
  options: readonly string[] = [],
): Promise<Listening> {
  const settings = { CART_STORE_TYPE: 'postgres', DATABASE_URL: url, POSTGRES_LAYOUT: layout }
  return startService(bench, settings, ['--migrate', ...options])
}
