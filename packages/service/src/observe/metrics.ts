import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { PoolUse, StoreEvents } from '../store/store-events.ts'
import { type AuthEvents, countAuthEvents } from './auth-events.ts'
import { keepLastLag } from './event-loop-lag.ts'
import { addHistogram, type Observe } from './histogram.ts'
import type { StoreObserver } from './observed-store.ts'

/** The metrics of one app, in a separate registry. */
export interface Metrics {
  readonly registry: Registry
  /** Counts a request that is in progress until `requestOver`. */
  requestArrived(): void
  /** Counts its end; `route` is a pattern, never a path, and `started` is by `performance.now()`. */
  requestOver(method: string, route: string, status: number, started: number): void
  /** For `observed`: measures every operation of a store. */
  readonly timeOperation: StoreObserver
  /** For the stores, which report retries, conflicts and the like here. */
  readonly storeEvents: StoreEvents
  /** For authentication, which reports refused tokens and fetches of keys here. */
  readonly authEvents: AuthEvents
  /** Counts a cart that this instance has brought to a database, by the side of the move. */
  readonly cartArrived: (at: 'source' | 'destination') => void
  /** Exposes the phase of a move by which this instance acts, while there is one, and the counts of the mover. */
  moveOpened(state: () => MoveState | undefined): void
  /** Exposes how far the machine's clock is ahead of the database's, milliseconds, while that is known. */
  clockOpened(offset: () => number | undefined): void
  /** Exposes whether the circuit breaker of the database is open. */
  breakerOpened(isOpen: () => boolean): void
  /** Exposes the requests that are in progress and waiting, and how many may be in progress. */
  gateOpened(use: () => GateUse): void
}

/** The use of the gate that bounds the requests in progress, at one moment. */
export interface GateUse {
  readonly inProgress: number
  readonly waiting: number
  readonly limit: number
}

/** What metrics need of a move: `PhasedStore.state`. */
export interface MoveState {
  readonly phase: string
  readonly record: { readonly progress: MoveCounts | null } | undefined
}

interface MoveCounts {
  readonly moved: number
  readonly total: number
  readonly tooLarge: number
}

const PHASES = ['stay', 'ready', 'moving', 'returning', 'moved']

/** Seconds, from a read of the memory store (0.1 ms) to the timeout of a request (10 s). */
const BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

/**
 * @param process whether to include memory, CPU, garbage collection and event-loop lag of this process.
 *   They need observers that never end, so only the service includes them, not the apps of tests.
 */
export function createMetrics({ process = false }: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  if (process) {
    collectDefaultMetrics({ register: registry })
    keepLastLag(registry)
  }

  new Gauge({
    name: 'pushcart_processes',
    help: 'Processes that serve requests and responded to this scrape.',
    registers,
  }).set(1)
  let inFlight = 0
  new Gauge({
    name: 'pushcart_http_requests_in_flight',
    help: 'Requests that have arrived and have no response yet.',
    registers,
    collect() {
      this.set(inFlight)
    },
  })
  const requests = addHistogram(registry, {
    name: 'pushcart_http_request_duration_seconds',
    help: 'Time from the headers of a request to the end of its response. 499: the client disconnected before.',
    labels: ['method', 'route', 'status'],
    buckets: BUCKETS,
  })
  const operations = addHistogram(registry, {
    name: 'pushcart_store_operation_duration_seconds',
    help: 'Time of a store operation including retries, by outcome: ok or an error code.',
    labels: ['operation', 'outcome'],
    buckets: BUCKETS,
  })
  const requestSeries = perPair((method, route) => {
    const byStatus: Observe[] = []
    return (status: number) => {
      byStatus[status] ??= requests({ method, route, status: `${status}` })
      return byStatus[status]
    }
  })
  const operationSeries = perPair((operation, outcome) => operations({ operation, outcome }))

  return {
    registry,
    requestArrived() {
      inFlight += 1
    },
    requestOver(method, route, status, started) {
      inFlight -= 1
      requestSeries(method, route)(status)((performance.now() - started) / 1000)
    },
    timeOperation(operation) {
      const started = performance.now()
      return (outcome) => operationSeries(operation, outcome)((performance.now() - started) / 1000)
    },
    storeEvents: countStoreEvents(registers),
    authEvents: countAuthEvents(registry),
    breakerOpened(isOpen) {
      new Gauge({
        name: 'pushcart_store_breaker_open',
        help: 'Processes that refuse requests because the database does not respond.',
        registers,
        collect() {
          this.set(isOpen() ? 1 : 0)
        },
      })
    },
    gateOpened(use) {
      const gauge = (name: string, help: string, value: (use: GateUse) => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(value(use()))
          },
        })
      gauge(
        'pushcart_admission_in_progress',
        'Requests that the service works on.',
        ({ inProgress }) => inProgress,
      )
      gauge(
        'pushcart_admission_waiting',
        'Requests that wait for their turn.',
        (now) => now.waiting,
      )
      gauge(
        'pushcart_admission_limit',
        'How many requests the service works on at once, by the latency of the database.',
        ({ limit }) => limit,
      )
    },
    cartArrived: countArrivals(registers),
    moveOpened(state) {
      new Gauge({
        name: 'pushcart_move_phase',
        help: 'The phase of a move by which this instance acts: 1 for one phase, 0 for the others; absent without a move.',
        labelNames: ['phase'],
        registers,
        aggregator: 'max',
        collect() {
          this.reset()
          const now = state()
          if (now === undefined) return
          for (const phase of PHASES) this.set({ phase }, phase === now.phase ? 1 : 0)
        },
      })
      new Gauge({
        name: 'pushcart_move_carts',
        help: 'Carts of a move, as its mover counted them last: moved, total, too_large.',
        labelNames: ['state'],
        registers,
        aggregator: 'max',
        collect() {
          this.reset()
          const counts = state()?.record?.progress
          if (counts === undefined || counts === null) return
          this.set({ state: 'moved' }, counts.moved)
          this.set({ state: 'total' }, counts.total)
          this.set({ state: 'too_large' }, counts.tooLarge)
        },
      })
    },
    clockOpened(offset) {
      new Gauge({
        name: 'pushcart_clock_offset_seconds',
        help: "How far the clock of this machine is ahead of the database's.",
        registers,
        // All workers of a service have the clock of one machine.
        aggregator: 'average',
        collect() {
          const milliseconds = offset()
          if (milliseconds !== undefined) this.set(milliseconds / 1000)
        },
      })
    },
  }
}

function countArrivals(registers: Registry[]): Metrics['cartArrived'] {
  const arrivals = new Counter({
    name: 'pushcart_move_arrivals_total',
    help: 'Carts whose move this instance has completed, by where they went.',
    labelNames: ['to'],
    registers,
  })
  return (to) => arrivals.inc({ to })
}

/** Caches `make` for each pair. Two maps, because joining the strings would cost more than two look-ups. */
function perPair<T>(
  make: (first: string, second: string) => T,
): (first: string, second: string) => T {
  const outer = new Map<string, Map<string, T>>()
  return (first, second) => {
    const known = outer.get(first)?.get(second)
    if (known !== undefined) return known
    const made = make(first, second)
    const inner = outer.get(first) ?? new Map<string, T>()
    outer.set(first, inner.set(second, made))
    return made
  }
}

function countStoreEvents(registers: Registry[]): StoreEvents {
  const retries = new Counter({
    name: 'pushcart_store_retries_total',
    help: 'Statements or requests sent to the database again, by reason.',
    labelNames: ['reason'],
    registers,
  })
  // Starts at zero, so that the first retry already counts as an increase.
  for (const reason of ['conflict', 'throttle', 'connection']) retries.inc({ reason }, 0)
  const conflicts = new Counter({
    name: 'pushcart_store_conflicts_total',
    help: 'Changes that conflicted with another change of the same cart.',
    registers,
  })
  const throttles = new Counter({
    name: 'pushcart_store_throttles_total',
    help: 'Requests that the database throttled.',
    registers,
  })
  const consumed = new Counter({
    name: 'pushcart_dynamodb_consumed_capacity_units_total',
    help: 'Capacity units consumed, as DynamoDB reports them.',
    labelNames: ['kind'],
    registers,
  })
  const replicaReads = new Counter({
    name: 'pushcart_store_replica_reads_total',
    help: 'Reads sent to a replica; those that were missing there or failed were repeated on the writer.',
    labelNames: ['outcome'],
    registers,
  })
  let pool: (() => PoolUse) | undefined
  new Gauge({
    name: 'pushcart_store_pool',
    help: 'Connections of the pool, active or idle, and calls that wait for a connection.',
    labelNames: ['state'],
    registers,
    collect() {
      const { limit: _, ...states } = pool?.() ?? {}
      for (const [state, count] of Object.entries(states)) this.set({ state }, count)
    },
  })
  new Gauge({
    name: 'pushcart_store_pool_limit',
    help: 'Maximum number of connections of the pool.',
    registers,
    collect() {
      if (pool !== undefined) this.set(pool().limit)
    },
  })
  return {
    retried: (reason) => retries.inc({ reason }),
    conflicted: () => conflicts.inc(),
    throttled: () => throttles.inc(),
    consumed({ read = 0, write = 0 }) {
      if (read > 0) consumed.inc({ kind: 'read' }, read)
      if (write > 0) consumed.inc({ kind: 'write' }, write)
    },
    poolOpened(use) {
      pool = use
    },
    replicaRead: (outcome) => replicaReads.inc({ outcome }),
  }
}
