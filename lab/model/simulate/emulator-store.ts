import { createFluidStation, drawWait } from './fluid-station.ts'
import type { EmulatorParameters } from './parameters.ts'
import { utilisation } from './queueing.ts'
import type { SimulatedStore } from './store-slot.ts'
import { mixMean, type Workload } from './workload.ts'

/** What plays DynamoDB on one machine: a process that everything waits for, and none of DynamoDB's limits. */
export function createEmulatorStore(
  { unloaded, cpu_s, cores }: EmulatorParameters,
  { mix }: Workload,
  patience_s: number,
): SimulatedStore {
  const process = createFluidStation(patience_s)
  const service_s = mixMean(mix, cpu_s)
  return {
    step(rate, _tasks, seconds) {
      const station = { servers: cores, rate, service_s, variability: 1 }
      const slot = process.step(station, seconds)
      return {
        served: slot.served,
        rejected: slot.rejected,
        throttled: 0,
        limit: utilisation(station) >= 1 ? 'database CPU' : null,
        partitions: null,
        latency: (kind, draw) => {
          const own = unloaded[kind]
          const alone = own === undefined ? 0 : draw.lognormal(own.median_s, own.p99_s)
          return alone + drawWait(slot, draw)
        },
      }
    },
  }
}
