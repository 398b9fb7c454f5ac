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

export const LEASE: LeaseTimes = { renewMs: 2_000, leaseMs: 10_000, marginMs: 1_000 }
