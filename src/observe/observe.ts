import type { FastifyBaseLogger } from 'fastify'
import type { CartStore } from '../store/cart-store.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { bothObservers, observed } from './observed-store.ts'
import type { Tracing } from './spans.ts'
import { openTracing } from './tracing.ts'

/** Metrics and tracing of one app. */
export interface Observe {
  readonly metrics: Metrics
  /** `undefined` without an OTLP endpoint. */
  readonly tracing: Tracing | undefined
  /** The response of `/metrics` in the Prometheus text format; with workers, the sum of all of them. */
  exposition(): Promise<string>
}

/** Metrics without tracing; the default of an app. */
export function countOnly(): Observe {
  return withMetrics(createMetrics(), undefined)
}

/** Metrics of this whole process, and tracing if `env` enables it. See `openTracing` for errors. */
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
