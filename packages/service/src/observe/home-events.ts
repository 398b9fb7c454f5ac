import { Counter, Gauge, type Registry } from 'prom-client'

/** What happened to a request whose cart has its home in another region. */
export type ElsewhereOutcome = 'proxied' | 'redirected' | 'failed'

/** Events of home regions. */
export interface HomeEvents {
  elsewhere(outcome: ElsewhereOutcome): void
  /** `count`: the regions whose map of homes contradicts the own one. */
  contradicted(count: number): void
}

/** Counts them; the metrics exist only where there are home regions. */
export function countHomeEvents(registry: Registry): HomeEvents {
  const registers = [registry]
  const requests = new Counter({
    name: 'pushcart_home_requests_total',
    help: 'Requests for carts whose home is another region, by outcome: proxied, redirected or failed.',
    labelNames: ['outcome'],
    registers,
  })
  for (const outcome of ['proxied', 'redirected', 'failed']) requests.inc({ outcome }, 0)
  const contradictions = new Gauge({
    name: 'pushcart_home_contradictions',
    help: 'Regions whose HOME_REGIONS contradicts that of this instance.',
    aggregator: 'max',
    registers,
  })
  return {
    elsewhere: (outcome) => requests.inc({ outcome }),
    contradicted: (count) => contradictions.set(count),
  }
}
