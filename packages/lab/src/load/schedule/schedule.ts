import { createRandom } from '../../random/random.ts'
import type { LoadSpec } from '../../results/load-spec.ts'
import type { Deal } from './deal.ts'
import { openMix } from './mixes.ts'
import type { Part } from './part.ts'
import { openOwner, type Share, WHOLE } from './share.ts'

/** One planned operation. */
export interface Step extends Deal {
  /** The schedule it belongs to. It decides what is measured, since a generator may learn late that the warm-up has ended. */
  readonly part: Part
  /** The intended start, microseconds since the start of its part of the run; 0 in the closed loop, which has none. */
  readonly at: number
}

/** Returns one step after another. Each is made when it is requested: a schedule of any length takes no memory. */
export interface Schedule {
  /** `null` at its end. Warm-ups, and closed loops without `operations`, have none. */
  next(): Step | null
}

/**
 * The schedule that is measured: a pure function of the spec. Steps of an open loop are in the order of their intended
 * starts. The schedules of all shares together have the steps of the whole one: each draws all steps, at 0.3 microseconds
 * a step, and keeps its own.
 */
export function openSchedule(spec: LoadSpec, share: Share = WHOLE): Schedule {
  const most = spec.operations ?? Number.POSITIVE_INFINITY
  const end = spec.operations === null ? durationOf(spec) : Number.POSITIVE_INFINITY
  const steps = openSteps(spec, 'measured')
  const owns = openOwner(spec, share)
  let count = 0
  return {
    next() {
      while (count < most) {
        const step = steps()
        if (step.at >= end) return null
        count++
        if (owns(step.slot)) return step
      }
      return null
    },
  }
}

/** The schedule of the warm-up: operations of the same kind from other random sequences, without an end. */
export function openWarmUpSchedule(spec: LoadSpec, share: Share = WHOLE): Schedule {
  const steps = openSteps(spec, 'warm-up')
  const owns = openOwner(spec, share)
  return {
    next() {
      let step = steps()
      while (!owns(step.slot)) step = steps()
      return step
    },
  }
}

/** The measured time, microseconds. */
export function durationOf({ duration_s }: LoadSpec): number {
  return Math.round(duration_s * 1e6)
}

function openSteps(spec: LoadSpec, part: Part): () => Step {
  const mix = openMix(spec, part)
  const arrive = spec.rate === null ? () => 0 : openArrivals(spec, spec.rate, part)
  return () => ({ part, at: arrive(), ...mix() })
}

/** Intended starts in whole microseconds: differences below, such as the last bit of a logarithm, have no effect. */
function openArrivals({ seed, arrivals }: LoadSpec, rate: number, part: Part): () => number {
  const gap = 1e6 / rate
  if (arrivals === 'constant') {
    let index = 0
    return () => Math.round(index++ * gap)
  }
  const random = createRandom(seed, `${part} arrivals`)
  let at = 0
  return () => {
    at -= Math.log(1 - random.fraction()) * gap
    return Math.round(at)
  }
}
