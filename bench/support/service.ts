import type { Bench } from '../bench.ts'
import { writeCatalog } from '../carts.ts'
import { type Listening, startListening } from './listening.ts'

/**
 * Starts `pushcart serve` as one deploys it: one process, logs and metrics on, pool and timeouts at their defaults. Only the
 * limits of a cart are raised, since a load adds more units to one cart than a shop would allow.
 */
export async function startService(
  bench: Pick<Bench, 'scratch' | 'signal'>,
  settings: Readonly<Record<string, string>>,
  options: readonly string[] = [],
): Promise<Listening> {
  return startListening(
    'cli.ts',
    ['serve', ...options],
    {
      HOST: '127.0.0.1',
      PORT: '0',
      CATALOG_FILE: await writeCatalog(bench.scratch),
      CART_MAX_LINE_QUANTITY: '1000000',
      CART_MAX_UNITS: '1000000',
      ...settings,
    },
    bench.signal,
  )
}

/** The same on PostgreSQL, its schema made first. */
export function startOnPostgres(
  bench: Pick<Bench, 'scratch' | 'signal'>,
  url: string,
): Promise<Listening> {
  return startService(bench, { CART_STORE_TYPE: 'postgres', DATABASE_URL: url }, ['--migrate'])
}
