import type { LoadSpec } from '../load-spec.ts'
import { type Deal, openMix } from './mixes.ts'
import { openStream } from './streams.ts'

/** One planned operation. */
export interface Step extends Deal {
  /** The intended start, microseconds after the start of the run; 0 in the closed loop, which has none. */
  readonly at: number
}

/** Hands out one step after another, each made when it is asked for: a schedule of any length takes no memory. */
export interface Schedule {
  /** `null` when it is over. Closed loops without `operations` never are. */
  next(): Step | null
}

/** The schedule of a spec: a pure function of it. Steps of an open loop come in order of their intended start. */
export function openSchedule(spec: LoadSpec): Schedule {
  const mix = openMix(spec)
  const arrive = spec.rate === null ? () => 0 : openArrivals(spec, spec.rate)
  const most = spec.operations ?? Number.POSITIVE_INFINITY
  const end = spec.operations === null ? endOf(spec) : Number.POSITIVE_INFINITY
  let count = 0
  return {
    next() {
      if (count >= most) return null
      const at = arrive()
      if (at >= end) return null
      count++
      return { at, ...mix() }
    },
  }
}

/** When nothing more is planned: warm-up and duration, in microseconds. */
export function endOf({ warmup_s, duration_s }: LoadSpec): number {
  return Math.round((warmup_s + duration_s) * 1e6)
}

/** Whole microseconds: what differs beyond them, such as a logarithm's last bit, changes nothing. */
function openArrivals({ seed, arrivals }: LoadSpec, rate: number): () => number {
  const gap = 1e6 / rate
  if (arrivals === 'constant') {
    let index = 0
    return () => Math.round(index++ * gap)
  }
  const stream = openStream(seed, 'arrivals')
  let at = 0
  return () => {
    at -= Math.log(1 - stream.fraction()) * gap
    return Math.round(at)
  }
}
