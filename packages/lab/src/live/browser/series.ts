import { BUCKETS, percentile } from '../buckets.ts'
import { FRAME_MS, type Frame, type SideFrame, type Traffic } from '../protocol.ts'

/** Frames that the plots show: one minute. */
export const WINDOW = (60 * 1000) / FRAME_MS
/** Frames over which figures are averaged: two seconds. */
const RECENT = 2000 / FRAME_MS

/** Operations per second and latencies over the last two seconds. */
export interface RecentTraffic {
  readonly ok: number
  readonly refused: number
  readonly unknown: number
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** What the figures of one side are drawn from. */
export interface Series extends RecentTraffic {
  readonly latest: SideFrame | null
}

/** The frames of the last minute, with counts of latencies by bucket per side. */
export interface Timeline {
  push(frame: Frame): void
  clear(): void
  /** Times of the frames, seconds. */
  times(): number[]
  /** Acknowledged operations per second of each frame. */
  rates(side: string): (number | null)[]
  frames(): readonly Frame[]
  series(side: string): Series
  /** Of the shop whose carts move. */
  move(): RecentTraffic
}

export function openTimeline(): Timeline {
  const frames: Frame[] = []
  const sidesOf = (side: string, from = 0) => frames.slice(from).map(({ sides }) => sides[side])
  return {
    push(frame) {
      frames.push(frame)
      if (frames.length > WINDOW) frames.shift()
    },
    clear: () => void frames.splice(0),
    times: () => frames.map(({ at }) => at / 1000),
    rates: (side) =>
      sidesOf(side).map((frame) => (frame === undefined ? null : (frame.ok * 1000) / FRAME_MS)),
    frames: () => frames,
    series(side) {
      const recent = sidesOf(side, -RECENT).filter((frame) => frame !== undefined)
      return { ...trafficOf(recent), latest: recent.at(-1) ?? null }
    },
    move: () => trafficOf(frames.slice(-RECENT).flatMap(({ move }) => move ?? [])),
  }
}

function trafficOf(frames: readonly Traffic[]): RecentTraffic {
  const counts = new Uint32Array(BUCKETS)
  for (const { latency } of frames)
    for (const [bucket, samples] of latency) counts[bucket] = (counts[bucket] ?? 0) + samples
  const seconds = (frames.length * FRAME_MS) / 1000
  const rate = (total: (frame: Traffic) => number) =>
    seconds === 0 ? 0 : frames.reduce((sum, frame) => sum + total(frame), 0) / seconds
  return {
    ok: rate(({ ok }) => ok),
    refused: rate(({ refused }) => refused),
    unknown: rate(({ unknown }) => unknown),
    p50: percentile(counts, 0.5),
    p95: percentile(counts, 0.95),
    p99: percentile(counts, 0.99),
  }
}
