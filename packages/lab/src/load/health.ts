import type { Latency, LoadSecond } from '../results/load-result.ts'

/** Limits beyond which the generator counts as the bottleneck. */
export interface HealthLimits {
  /** Maximum share of the time in which its event loop is busy. */
  readonly utilisation: number
  /** Maximum lag at p99: the larger of these milliseconds and ... */
  readonly lagMs: number
  /** ... this share of the response time at p99. With too few samples for p99, at p95 or p90. */
  readonly lagShare: number
  /** Maximum lag of a single second, milliseconds. */
  readonly secondLagMs: number
  /** Maximum share of the measured seconds beyond `utilisation` or `secondLagMs`; of five or more, one is allowed. */
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
  /** Its lag, milliseconds; `null` in the closed loop, which has no intended times. */
  readonly lag: Latency | null
  readonly response: Latency
}

/**
 * Why the generator was the bottleneck, one line each; none when it was not. The lag also shows a generator without CPU
 * time, whose event loop looks idle.
 *
 * @param seconds the measured seconds
 * @param name of the generator, if there are several
 */
export function findBottleneck(
  { utilisation, lag, response }: GeneratorFigures,
  seconds: readonly Pick<LoadSecond, 'utilisation' | 'lag_max'>[],
  limits: HealthLimits = HEALTH_LIMITS,
  name: string | null = null,
): string[] {
  const subject = name ?? 'the generator'
  const reasons: string[] = []
  const percent = (share: number) => `${Math.round(share * 100)} %`
  if (utilisation > limits.utilisation)
    reasons.push(
      `${subject} was busy ${percent(utilisation)} of the time (at most ${percent(limits.utilisation)})`,
    )
  const late = lag === null ? null : findLateness(lag, response, limits, name)
  if (late !== null) reasons.push(late)
  const bad = seconds.filter(
    (second) =>
      (second.utilisation ?? 0) > limits.utilisation || second.lag_max > limits.secondLagMs,
  ).length
  const most = Math.max(seconds.length >= 5 ? 1 : 0, Math.floor(limits.badSeconds * seconds.length))
  if (bad > most)
    reasons.push(
      `${subject} was the bottleneck in ${bad} of ${seconds.length} seconds (limit ${most})`,
    )
  return reasons
}

function findLateness(
  lag: Latency,
  response: Latency,
  limits: HealthLimits,
  name: string | null,
): string | null {
  for (const at of ['p99', 'p95', 'p90'] as const) {
    const [late, whole] = [lag[at], response[at]]
    if (late === null || whole === null) continue
    const most = Math.max(limits.lagMs, limits.lagShare * whole)
    if (late <= most) return null
    return `${name === null ? 'generator lag' : `lag of ${name}`} at ${at} (${late.toFixed(2)} ms) exceeds the limit (${most.toFixed(2)} ms)`
  }
  return null
}
