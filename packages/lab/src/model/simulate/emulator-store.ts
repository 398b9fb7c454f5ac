import { mixMean } from '../terms/mix.ts'
import { serviceVariability } from './fit.ts'
import { createFluidStation, drawWait } from './fluid-station.ts'
import type { EmulatorParameters } from './parameters.ts'
import { utilisation } from './queueing.ts'
import { drawUnloaded, type SimulatedStore } from './store-slot.ts'
import type { SimulatedTraffic } from './workload.ts'

/** A DynamoDB emulator on one machine: a single process that every operation queues for, with none of DynamoDB's limits. */
export function createEmulatorStore(
  { unloaded, cpu_s, cores, variability_factor }: EmulatorParameters,
  { mix }: SimulatedTraffic,
  patience_s: number,
): SimulatedStore {
  const process = createFluidStation(patience_s)
  const service_s = mixMean(mix, cpu_s)
  const variability = variability_factor * serviceVariability(mix, cpu_s, unloaded)
  return {
    step(rate, _tasks, seconds) {
      const station = { servers: cores, rate, service_s, variability }
      const slot = process.step(station, seconds)
      return {
        served: slot.served,
        rejected: slot.rejected,
        throttled: 0,
        limit: utilisation(station) >= 1 ? 'database_cpu' : null,
        latency: (kind, draw) => drawUnloaded(unloaded[kind], draw) + drawWait(slot, draw),
      }
    },
  }
}
