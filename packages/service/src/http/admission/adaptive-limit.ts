/**
 * How many requests the service works on at once, adapted to their latency
 * ========================================================================
 *
 * Requests beyond what the database can execute only wait for each other. The limit follows the latency of completed requests,
 * as the gradient limit of Netflix's concurrency-limits does: it grows while the latency stays near that of a service that is
 * not busy, and shrinks in proportion to the excess.
 *
 * - window     the requests that began since the last decision and have ended. Requests that began earlier had another limit.
 * - latency    the median of a window: a few slow lists do not move it.
 * - base       the latency without queueing, milliseconds.
 * - target     `TOLERANCE` x base, but at least `FLOOR_MS`, because batches make short queues cheaper than no queues.
 * - binding    whether the window reached the limit. A limit that was not reached says nothing, and stays as it is.
 * - probe      a window with a quarter of the limit, which measures the base anew while the limit binds all the time. It is made
 *              at intervals, and when the limit has halved without reaching the target: then the database has become slower.
 *              A quarter, because the queue of half the limit could be as long as the target allows, and the base would never
 *              shrink.
 */
export interface AdaptiveLimit {
  /** The limit of the moment, an integer. */
  value(): number
  /** The median latency of the last window, milliseconds. */
  latencyMs(): number
  /** Notes how many requests are in progress when one more begins. */
  began(inProgress: number): void
  /** Notes the end of a request; times by one monotonic clock, milliseconds. */
  ended(began: number, now: number): void
}

/** High, because too many requests show at once, and too few look like a service that is not busy. */
const INITIAL = 400
const MIN = 8
const TOLERANCE = 1.75
const FLOOR_MS = 20
const WINDOW_MS = 100
const MIN_SAMPLES = 10
const MAX_SAMPLES = 256
/** Minimum interval between probes, and its minimum in latencies: a probe costs about a latency of half the throughput. */
const PROBE_MS = 10_000
const PROBE_LATENCIES = 40
/** A window shrinks the limit to at least this share. */
const MIN_SHRINK = 0.7
/** How fast the base follows the latency of a service that is not busy. */
const FOLLOW = 0.2

/** @param max maximum of the limit, an integer of at least 1 */
export function openAdaptiveLimit(max: number): AdaptiveLimit {
  const min = Math.min(MIN, max)
  const samples = new Float64Array(MAX_SAMPLES)
  let count = 0
  let shortest = Infinity
  let since = 0
  let mostInProgress = 0
  let limit = Math.min(INITIAL, max)
  let base: number | undefined
  let latency = FLOOR_MS / TOLERANCE
  /** When the base was measured under load, and the limit of that moment. */
  let probedAt = 0
  let probedWith = limit
  /** The limit to return to after the probe of the moment. */
  let before: number | undefined

  const within = (wanted: number) => Math.min(max, Math.max(min, Math.floor(wanted)))

  function openWindow(now: number): void {
    count = 0
    shortest = Infinity
    mostInProgress = 0
    since = now
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

  /** A service that is not busy shows its base. */
  function follow(): void {
    base = base === undefined ? latency : base + (latency - base) * (latency < base ? 1 : FOLLOW)
  }

  function adapt(now: number): void {
    base = Math.min(base ?? latency, latency)
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
    latency = median(samples.subarray(0, count))
    if (before !== undefined) endProbe(now, before)
    else if (mostInProgress >= limit * 0.9) adapt(now)
    else if (mostInProgress < limit / 2) follow()
    openWindow(now)
  }

  return {
    value: () => limit,
    latencyMs: () => latency,
    began(inProgress) {
      if (inProgress > mostInProgress) mostInProgress = inProgress
    },
    ended(began, now) {
      if (began < since) return
      const took = now - began
      if (took < shortest) shortest = took
      if (count < MAX_SAMPLES) samples[count++] = took
      if (count < MIN_SAMPLES || now - since < Math.max(WINDOW_MS, 2 * shortest)) return
      decide(now)
    },
  }
}

function median(values: Float64Array): number {
  return values.sort()[values.length >> 1] ?? 0
}
