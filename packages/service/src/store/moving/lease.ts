/**
 * Times of the leases of instances, milliseconds. An instance counts its lease from the moment it sent a renewal; whoever
 * changes the phase counts from the moment it saw that there was none. Both use monotonic timers, and the margin covers
 * timers that run at different speeds.
 */
export interface LeaseTimes {
  readonly renewMs: number
  readonly leaseMs: number
  readonly marginMs: number
}

/** The times of leases of `leaseMs`: five renewals in a lease, so that four of them may fail. */
export function leaseOf(leaseMs: number): LeaseTimes {
  return { renewMs: leaseMs / 5, leaseMs, marginMs: leaseMs / 10 }
}

export const LEASE = leaseOf(10_000)
