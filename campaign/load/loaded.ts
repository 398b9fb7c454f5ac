/** What one phase of a load found. */
export interface Loaded {
  /** Successful requests per second that ended within the phase. */
  readonly goodput: number
  /**
   * Requests per second of the whole mix that were served: as if of each kind as many had been served as of the scarcest one.
   * While reads are saturated, a service may serve ever more adds; those do not count.
   */
  readonly carried: number
  readonly accepted: Times
  readonly refused: Times
  /** Share of the intended requests that found a free connection. */
  readonly sentShare: number
  /** How late requests were sent, of those that found a free connection: p99, milliseconds. */
  readonly lagMs: number
  /** Of `/health/live` over a separate connection every 100 ms: the maximum, milliseconds. */
  readonly slowestHealth: number
  /** CPU time by process during the phase, as a share of one core. */
  readonly cores: Readonly<Record<string, number>>
  /** Failed requests by error code. */
  readonly failures: Readonly<Record<string, number>>
}

export interface Times {
  readonly count: number
  /** Milliseconds from the intended send time; NaN without a request. */
  readonly p50: number
  readonly p99: number
}

/** A closed loop of so many clients, or an open loop with so many requests per second. */
export type LoadPlan = { readonly seconds: number } & (
  | { readonly clients: number }
  | { readonly rate: number; readonly connections: number }
)

/** What the process of the generator is asked, and what it responds. */
export interface LoadOrder {
  readonly url: string
  readonly plan: LoadPlan
}
export type LoadResponse =
  | { readonly kind: 'begun' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'done'; readonly loaded: Omit<Loaded, 'slowestHealth' | 'cores'> }

export function timesOf(values: readonly number[]): Times {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN
  return { count: values.length, p50: at(0.5), p99: at(0.99) }
}
