import { createDraw } from '../../../lab/model/simulate/draw.ts'

/** What a queue did, arrival by arrival. */
export interface QueueOutcome {
  readonly arrivals: number
  /** Share of arrivals that waited. */
  readonly waited: number
  readonly mean_wait_s: number
  /** Mean number waiting, by adding up the time between events. */
  readonly mean_line: number
  /** Arrivals per second. */
  readonly rate: number
}

/**
 * A first-come-first-served queue simulated event by event, with nothing in common with the formulas under test: Poisson
 * arrivals, and servers that are each free from some moment on.
 */
export function simulateQueue(queue: {
  readonly servers: number
  readonly rate: number
  readonly service: (draw: ReturnType<typeof createDraw>) => number
  readonly arrivals: number
  readonly seed: number
}): QueueOutcome {
  const draw = createDraw(queue.seed)
  const free = Array.from({ length: queue.servers }, () => 0)
  const events: { at: number; change: 1 | -1 }[] = []
  let now = 0
  let waited = 0
  let total = 0
  for (let arrival = 0; arrival < queue.arrivals; arrival++) {
    now += draw.exponential(1 / queue.rate)
    const first = free.indexOf(Math.min(...free))
    const start = Math.max(now, free[first] ?? 0)
    free[first] = start + queue.service(draw)
    if (start > now) {
      waited++
      total += start - now
      events.push({ at: now, change: 1 }, { at: start, change: -1 })
    }
  }
  return {
    arrivals: queue.arrivals,
    waited: waited / queue.arrivals,
    mean_wait_s: total / queue.arrivals,
    mean_line: meanLine(events, now),
    rate: queue.arrivals / now,
  }
}

function meanLine(events: { at: number; change: 1 | -1 }[], end: number): number {
  let [line, area, before] = [0, 0, 0]
  for (const { at, change } of events.sort((a, b) => a.at - b.at)) {
    area += line * (at - before)
    line += change
    before = at
  }
  return area / end
}
