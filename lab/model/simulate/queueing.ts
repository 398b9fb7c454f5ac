/** A station of identical servers with one queue. */
export interface Station {
  readonly servers: number
  /** Arrivals per second, a Poisson process. */
  readonly rate: number
  /** Mean service time, seconds. */
  readonly service_s: number
  /** Squared coefficient of variation of the service time: 1 if exponential, 0 if constant. */
  readonly variability: number
}

/** Waiting time of an arrival: 0, or with `probability` exponentially distributed. */
export interface Waiting {
  readonly probability: number
  /** Mean seconds of the arrivals that wait. */
  readonly mean_s: number
}

/** Above this utilisation a queue takes longer to build up than a slot of the simulation lasts. */
const FULLEST = 0.995

/** Mean share of the servers in use; saturated at 1 and above. */
export function utilisation({ servers, rate, service_s }: Station): number {
  return (rate * service_s) / servers
}

/**
 * The probability that an arrival finds all servers busy (Erlang 1917), by the recurrence of Erlang B, which does not
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
 * Theory, 1990): M/M/c with the mean multiplied by (1 + variability) / 2. The mean is exact for M/M/c and M/G/1. A
 * fractional number of servers is rounded and their speed scaled to match. Utilisations above 99.5 % count as 99.5 %.
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
