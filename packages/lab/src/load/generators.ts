import { UsageError } from '../errors/usage-error.ts'
import type { LoadSpec } from '../results/load-spec.ts'
import { imbalance } from './schedule/share.ts'

/** How many generators share a load, and why, in one line; `null` when there is nothing to say. */
export interface GeneratorChoice {
  readonly count: number
  readonly why: string | null
}

/**
 * Operations per second of one generator by default: a third to a half of what it can do, so that it is not late when
 * requests come together.
 */
const RATE_OF_ONE = 8000
/** Connections of one generator in a closed loop, at least. */
const CONNECTIONS_OF_ONE = 8
/** One part may have so much more work than an equal share. */
const MAX_IMBALANCE = 1.25
const MAX_GENERATORS = 64

/**
 * Chooses the number of generators by the rate, and leaves half of the cores to a service on the same machine and one
 * core to everything else otherwise.
 *
 * @param local whether a service of the comparison runs on this machine
 */
export function chooseGenerators(
  spec: LoadSpec,
  wanted: number | 'auto',
  { local, cores }: { readonly local: boolean; readonly cores: number },
): GeneratorChoice {
  if (wanted !== 'auto') {
    requireSplit(spec, wanted)
    return { count: wanted, why: null }
  }
  const spare = Math.max(1, local ? Math.floor(cores / 2) : cores - 1)
  const { rate, connections } = spec
  const needed =
    rate === null
      ? Math.max(1, Math.floor(connections / CONNECTIONS_OF_ONE))
      : Math.ceil(rate / RATE_OF_ONE)
  const most = Math.min(needed, spare, connections, MAX_GENERATORS)
  const count = mostBalanced(spec, most)
  const left = local ? `, ${cores - count} of ${cores} cores are left to the service` : ''
  if (rate !== null && needed > count)
    return {
      count,
      why: `${ofGenerators(count)}: ${rate}/s may require ${needed}${left}; --generators sets the number`,
    }
  if (count === 1) return { count, why: null }
  return { count, why: `${ofGenerators(count)}${left}; --generators sets the number` }
}

function ofGenerators(count: number): string {
  return count === 1 ? '1 load generator' : `${count} load generators`
}

/** @throws UsageError when a load cannot be shared by so many generators */
export function requireSplit(spec: LoadSpec, count: number, option = 'generators'): void {
  if (!(Number.isInteger(count) && count >= 1 && count <= MAX_GENERATORS))
    throw new UsageError(
      `${option}: must be an integer between 1 and ${MAX_GENERATORS} (got ${count})`,
    )
  if (count > spec.connections)
    throw new UsageError(
      `${option}: ${count} generators require as many connections (got ${spec.connections})`,
    )
  const most = mostBalanced(spec, count)
  if (most < count)
    throw new UsageError(
      `${option}: at most ${most} can share this load: one cart stays with one generator and gets ${percent(imbalance(spec, count) / count)} of the operations`,
    )
}

/** The highest number, up to `most`, that share a load about equally. */
function mostBalanced(spec: LoadSpec, most: number): number {
  for (let count = most; count > 1; count--)
    if (imbalance(spec, count) <= MAX_IMBALANCE) return count
  return 1
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
