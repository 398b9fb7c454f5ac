/**
 * How many requests the service works on at once, adapted to their latency
 * ========================================================================
 *
 * Requests beyond what the database can execute only wait for each other. The limit follows the latency of completed requests,
 * as the gradient limit of Netflix's concurrency-limits does: it grows while the latency stays near that of a service that is
 * not busy, and shrinks in proportion to the excess.
 *
 * - cohort     the requests that begin within `COHORT_MS` of the first one after a decision. A decision waits until most of them
 *              have ended. What ends within a fixed time would not do: of reads that take 3 s and adds that take 0.5 s, it
 *              would be adds only.
 * - latency    the median of a cohort: a few slow lists do not move it.
 * - base       the latency without queueing, milliseconds: the minimum since the last probe. Latency under a load that does not
 *              reach the limit does not raise it, because the limit may be far too high.
 * - target     `TOLERANCE` x base, but at least `FLOOR_MS`, because batches make short queues cheaper than no queues.
 * - binding    whether the limit was reached. A limit that was not reached says nothing, and stays as it is.
 * - probe      a cohort with a quarter of the limit, which measures the base anew while the limit binds. It is made the first
 *              time, at intervals, and when the limit has halved without reaching the target: then the database has become
 *              slower. A quarter, because the queue of half the limit could be as long as the target allows, and the base would
 *              never shrink.
 */
export interface AdaptiveLimit {
  /** The limit of the moment, an integer. */
  value(): number
  /** The median latency of the last cohort, milliseconds. */
  latencyMs(): number
  /** Notes that a request begins, and how many are in progress with it; times by one monotonic clock, milliseconds. */
  began(inProgress: number, now: number): void
  /** Notes the end of a request; without a meaning for its latency if it failed at once. */
  ended(began: number, now: number, hasLatency: boolean): void
}

/** High, because too many requests show at once, and too few look like a service that is not busy. */
const INITIAL = 400
const MIN = 8
const TOLERANCE = 2.25
const FLOOR_MS = 20
const COHORT_MS = 100
const MIN_SAMPLES = 10
const MAX_SAMPLES = 256
/** The share of a cohort that has ended when it decides: the rest is taken for slower than its median. */
const ENDED = 0.75
/** Minimum interval between probes, and its minimum in latencies: a probe costs about a latency of half the throughput. */
const PROBE_MS = 10_000
const PROBE_LATENCIES = 40
/** One decision shrinks the limit to at least this share. */
const MIN_SHRINK = 0.7

/** @param max maximum of the limit, an integer of at least 1 */
export function openAdaptiveLimit(max: number): AdaptiveLimit {
  const min = Math.min(MIN, max)
  const samples = new Float64Array(MAX_SAMPLES)
  let limit = Math.min(INITIAL, max)
  let base = Infinity
  let latency = FLOOR_MS / TOLERANCE
  /** The cohort: when its first and its last request began, how many began, and of how many the latency is known. */
  let first = Infinity
  let last = Infinity
  let begun = 0
  let count = 0
  let mostInProgress = 0
  /** When the base was measured under load, and the limit of that moment. */
  let probedAt = -Infinity
  let probedWith = limit
  /** The limit to return to after the probe of the moment. */
  let before: number | undefined

  const within = (wanted: number) => Math.min(max, Math.max(min, Math.floor(wanted)))

  function openCohort(): void {
    first = Infinity
    last = Infinity
    begun = 0
    count = 0
    mostInProgress = 0
  }

  function probe(): void {
    before = limit
    limit = within(limit / 4)
  }

  function endProbe(now: number, returnTo: number): void {
    base = latency
    probedAt = now
    probedWith = returnTo
    limit = returnTo
    before = undefined
  }

  function adapt(now: number): void {
    const target = Math.max(FLOOR_MS, TOLERANCE * base)
    limit = within(
      latency > target
        ? limit * Math.max(MIN_SHRINK, target / latency)
        : limit + Math.max(1, Math.sqrt(limit)),
    )
    const isDue = now - probedAt > Math.max(PROBE_MS, PROBE_LATENCIES * latency)
    if (limit > min && (isDue || limit <= probedWith / 2)) probe()
  }

  function decide(now: number): void {
    // Those that have not ended are slower.
    latency = samples.subarray(0, count).sort()[begun >> 1] ?? latency
    base = Math.min(base, latency)
    if (before !== undefined) endProbe(now, before)
    else if (mostInProgress >= limit * 0.9) adapt(now)
    openCohort()
  }

  const isComplete = (now: number) =>
    begun === MAX_SAMPLES || (begun >= MIN_SAMPLES && now - first >= COHORT_MS)

  const isDecidable = (now: number) => isComplete(now) && count >= begun * ENDED

  return {
    value: () => limit,
    latencyMs: () => latency,
    began(inProgress, now) {
      // All of a cohort may have ended before its time: then no request in progress can decide.
      if (isDecidable(now)) decide(now)
      if (inProgress > mostInProgress) mostInProgress = inProgress
      if (begun === 0) first = now
      else if (isComplete(now)) return
      begun += 1
      last = now
    },
    ended(began, now, hasLatency) {
      if (began < first || began > last) return
      if (!hasLatency) begun -= 1
      else if (count < begun) samples[count++] = now - began
      if (isDecidable(now)) decide(now)
    },
  }
}
