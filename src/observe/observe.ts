import type { FastifyBaseLogger } from 'fastify'
import type { CartStore } from '../store/cart-store.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { bothObservers, observed } from './observed-store.ts'
import type { Tracing } from './spans.ts'
import { openTracing } from './tracing.ts'

/** How one app is watched: what it counts, and where its spans go. */
export interface Observe {
  readonly metrics: Metrics
  /** `undefined` without an OTLP endpoint. */
  readonly tracing: Tracing | undefined
  /** What `/metrics` answers, in the Prometheus text format; of all workers where there are several. */
  exposition(): Promise<string>
}

/** Only counts; for apps that get nothing else. */
export function countOnly(): Observe {
  return withMetrics(createMetrics(), undefined)
}

/** Counts for this whole process and traces if `env` says so. See `openTracing` for errors. */
export async function openObserve(
  env: Readonly<Record<string, string | undefined>>,
  logger: FastifyBaseLogger,
): Promise<Observe> {
  return withMetrics(createMetrics({ process: true }), await openTracing(env, logger))
}

function withMetrics(metrics: Metrics, tracing: Tracing | undefined): Observe {
  return { metrics, tracing, exposition: () => metrics.registry.metrics() }
}

/** The store, with its operations counted and traced. */
export function observeStore(store: CartStore, { metrics, tracing }: Observe): CartStore {
  const { timeOperation } = metrics
  const both = tracing && bothObservers(timeOperation, tracing.traceOperation)
  return observed(store, both ?? timeOperation)
}
