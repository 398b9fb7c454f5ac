import {
  type LoadProgress,
  prepareCarts,
  type RunLoadOptions,
  runLoad,
} from '../../load/run-load.ts'
import { completeSpec, type LoadSpec } from '../../results/load-spec.ts'
import type { GrowthPart, LoadPart } from '../../results/schemas.ts'
import type { Target } from '../../services/target.ts'
import { watchService } from '../../services/watch-service.ts'
import type { Attempts } from './attempt.ts'

/** The rates, as multiples of the rate of the blocks. */
const FACTORS = [0.5, 2, 4]
/** Share of the rate that a closed loop achieved: the highest rate is then half of that. */
const CLOSED_SHARE = 1 / 8

export interface GrowthOptions {
  /** The blocks whose load is offered at other rates. */
  readonly load: LoadPart
  /** Duration of each run. */
  readonly seconds: number
  readonly signal?: AbortSignal | undefined
  readonly limits?: RunLoadOptions['limits']
  readonly telemetry?: RunLoadOptions['telemetry']
  readonly generators?: RunLoadOptions['generators']
  readonly onProgress: (phase: string, load: LoadProgress) => void
}

/**
 * How the resources and times of a target grow with the load: the load of the blocks for a few seconds at other rates,
 * with the resources of each run. The simulation is validated against these runs too.
 */
export async function measureGrowth(
  target: Target,
  { load, seconds, signal, limits, telemetry, generators, onProgress }: GrowthOptions,
  { attempt }: Attempts,
): Promise<GrowthPart['sides'][number]> {
  const { side, url, access, own } = target
  const runs: GrowthPart['sides'][number]['runs'][number][] = []
  for (const rate of growthRates(load)) {
    const what = `${rate} per second`
    const options = {
      signal,
      limits,
      telemetry,
      generators,
      onProgress: (progress: LoadProgress) => onProgress(`${what}, ${side.label}`, progress),
    }
    const run = await attempt(target, what, async () => {
      const spec = specAt(load.spec, rate, seconds)
      const carts = await prepareCarts(spec, { url, access }, options)
      const finish = await watchService({ url, access, ...own })
      const result = await runLoad(spec, { url, access, carts, name: side.label }, options)
      return { result, watched: await finish() }
    })
    if (run !== null) runs.push(run)
  }
  return { side: side.key, runs }
}

function specAt(spec: LoadSpec, rate: number, duration_s: number): LoadSpec {
  return completeSpec({ ...spec, loop: 'open', rate, operations: null, duration_s })
}

/** Operations per second, to three digits. */
export function growthRates({ spec, slots }: LoadPart): number[] {
  const achieved = slots.flatMap(({ result }) => result.achieved_rate ?? [])
  const slowest = Math.min(...achieved, Number.MAX_SAFE_INTEGER)
  const base = spec.rate ?? CLOSED_SHARE * (achieved.length === 0 ? 0 : slowest)
  return FACTORS.map((factor) => Number((factor * base).toPrecision(3))).filter(
    (rate) => rate >= MIN_RATE && rate <= MAX_RATE,
  )
}

/** Range of the rate of a load. */
const [MIN_RATE, MAX_RATE] = [0.1, 200_000]
