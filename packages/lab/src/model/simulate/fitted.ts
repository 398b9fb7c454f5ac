import { OPERATION_KINDS, type PerKind } from '../../results/operation-kinds.ts'
import type { Fit } from './fit.ts'
import type { EmulatorParameters, StoreParameters, Unloaded } from './parameters.ts'

/** CPU per operation under a load. */
export function scaledCpu(cpu_s: PerKind, { cpu }: Fit): PerKind {
  return Object.fromEntries(
    OPERATION_KINDS.flatMap((kind) =>
      cpu_s[kind] === undefined ? [] : [[kind, cpu * cpu_s[kind]]],
    ),
  )
}

/** Parameters of a store after a fit to measured runs. DynamoDB has no CPU and no queue. */
export function fittedStore<T extends StoreParameters | EmulatorParameters>(store: T, fit: Fit): T {
  const unloaded = scaledLatency(store.unloaded, fit)
  if (store.kind === 'dynamodb') return { ...store, unloaded }
  return {
    ...store,
    unloaded,
    cpu_s: scaledCpu(store.cpu_s, fit),
    variability_factor: store.variability_factor * fit.variability,
  }
}

function scaledLatency(unloaded: PerKind<Unloaded>, { latency }: Fit): PerKind<Unloaded> {
  return Object.fromEntries(
    OPERATION_KINDS.flatMap((kind) => {
      const { median_s, p99_s } = unloaded[kind] ?? {}
      return median_s === undefined || p99_s === undefined
        ? []
        : [[kind, { median_s: latency * median_s, p99_s: latency * p99_s }]]
    }),
  )
}
