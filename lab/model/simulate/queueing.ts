/** A station of identical servers with one line in front of them. */
export interface Station {
  readonly servers: number
  /** Arrivals per second, at random moments. */
  readonly rate: number
  /** Mean seconds that one server works on one arrival. */
  readonly service_s: number
  /** Squared coefficient of variation of that time: 1 when exponential, 0 when constant. */
  readonly variability: number
}

/** How long an arrival waits: not at all, or exponentially long with this mean. */
export interface Waiting {
  readonly probability: number
  /** Mean seconds of those that wait. */
  readonly mean_s: number
}

/** Above this share of the capacity a queue takes longer to build up than a slot of the simulation lasts. */
const FULLEST = 0.995

/** Servers in use on average, as a share of all; 1 and above is more than they can do. */
export function utilisation({ servers, rate, service_s }: Station): number {
  return (rate * service_s) / servers
}

/**
 * The chance that an arrival finds all servers busy (Erlang 1917), by the recurrence of Erlang B, which does not
 * overflow for any number of servers.
 *
 * @param load rate times mean service time, below `servers`
 */
export function erlangC(servers: number, load: number): number {
  let blocking = 1
  for (let server = 1; server <= servers; server++)
    blocking = (load * blocking) / (server + load * blocking)
  return blocking / (1 - (load / servers) * (1 - blocking))
}

/**
 * Waiting in the steady state by Allen and Cunneen's approximation (Allen, Probability, Statistics and Queueing
 * Theory, 1990): that of M/M/c, its mean times (1 + variability) / 2. Exact on average for M/M/c and M/G/1. Fractions
 * of a server are allowed for: whole ones wait, the speed is that of all. Past 99.5 % it stays as at 99.5 %.
 */
export function waiting(station: Station): Waiting {
  const servers = Math.max(1, Math.round(station.servers))
  const full = Math.min(FULLEST, utilisation(station))
  if (full <= 0) return { probability: 0, mean_s: 0 }
  const probability = erlangC(servers, full * servers)
  const speed = station.servers / servers
  const mean_s = station.service_s / speed / (servers * (1 - full))
  return { probability, mean_s: (mean_s * (1 + station.variability)) / 2 }
}
