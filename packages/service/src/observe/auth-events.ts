import { Counter, type Registry } from 'prom-client'

/** Events of authentication that metrics count. */
export interface AuthEvents {
  /** A request was refused because of its token; `reason` is the check that failed. */
  refused(reason: string): void
  /** The keys of the identity provider were fetched, or could not be. */
  keysFetched(outcome: 'ok' | 'failed'): void
}

/** Ignores all events. */
export const NO_AUTH_EVENTS: AuthEvents = { refused() {}, keysFetched() {} }

/** Counts the events in `registry`. */
export function countAuthEvents(registry: Registry): AuthEvents {
  const registers = [registry]
  const refusals = new Counter({
    name: 'pushcart_auth_refusals_total',
    help: 'Requests without a valid token, by the check that failed.',
    labelNames: ['reason'],
    registers,
  })
  const fetches = new Counter({
    name: 'pushcart_auth_key_fetches_total',
    help: 'Fetches of the JWK set at AUTH_JWKS_URL.',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of ['ok', 'failed']) fetches.inc({ outcome }, 0)
  return {
    refused: (reason) => refusals.inc({ reason }),
    keysFetched: (outcome) => fetches.inc({ outcome }),
  }
}
