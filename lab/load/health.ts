import type { Latency, LoadSecond } from './load-result.ts'

/** Beyond which a generator counts as the bottleneck. */
export interface HealthLimits {
  /** Share of the time its event loop may be busy. */
  readonly utilisation: number
  /** How late its sends may be at p99: so many milliseconds, or ... */
  readonly lagMs: number
  /** ... this share of the response time's p99, whichever is more. With too few samples for p99, at p95 or p90. */
  readonly lagShare: number
  /** How late the worst send of a single second may be, milliseconds. */
  readonly secondLagMs: number
  /** Share of the measured seconds that may be beyond `utilisation` or `secondLagMs`; of five or more, one always may. */
  readonly badSeconds: number
}

export const HEALTH_LIMITS: HealthLimits = {
  utilisation: 0.9,
  lagMs: 1,
  lagShare: 0.2,
  secondLagMs: 50,
  badSeconds: 0.05,
}

export interface GeneratorFigures {
  readonly utilisation: number
  /** Its own lag, milliseconds; `null` in the closed loop, where nothing is intended for a time. */
  readonly lag: Latency | null
  readonly response: Latency
}

/**
 * Why the generator was the bottleneck, one line each; none when it was not. Its figures then tell of itself, not of
 * the service. A generator that had no CPU time shows in its lag even where its event loop looks idle.
 *
 * @param seconds the measured ones
 */
export function findBottleneck(
  { utilisation, lag, response }: GeneratorFigures,
  seconds: readonly Pick<LoadSecond, 'utilisation' | 'lag_max'>[],
  limits: HealthLimits = HEALTH_LIMITS,
): string[] {
  const reasons: string[] = []
  const percent = (share: number) => `${Math.round(share * 100)} %`
  if (utilisation > limits.utilisation)
    reasons.push(
      `the generator was busy ${percent(utilisation)} of the time (at most ${percent(limits.utilisation)})`,
    )
  const late = lag === null ? null : findLateness(lag, response, limits)
  if (late !== null) reasons.push(late)
  const bad = seconds.filter(
    (second) =>
      (second.utilisation ?? 0) > limits.utilisation || second.lag_max > limits.secondLagMs,
  ).length
  const most = Math.max(seconds.length >= 5 ? 1 : 0, Math.floor(limits.badSeconds * seconds.length))
  if (bad > most)
    reasons.push(
      `the generator was the bottleneck in ${bad} of ${seconds.length} seconds (at most ${most})`,
    )
  return reasons
}

function findLateness(lag: Latency, response: Latency, limits: HealthLimits): string | null {
  for (const at of ['p99', 'p95', 'p90'] as const) {
    const [late, whole] = [lag[at], response[at]]
    if (late === null || whole === null) continue
    const most = Math.max(limits.lagMs, limits.lagShare * whole)
    if (late <= most) return null
    return `the generator itself was ${late.toFixed(2)} ms late at ${at} (at most ${most.toFixed(2)} ms)`
  }
  return null
}
