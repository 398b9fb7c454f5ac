import { performance } from 'node:perf_hooks'
import type { Series } from './series.ts'

/** Measures the utilisation of the event loop, per second and over the measured time, and the CPU time of the process. */
export function watchLoop(series: Series) {
  const snapshot = () => ({ loop: performance.eventLoopUtilization(), cpu: process.cpuUsage() })
  let measuredFrom = snapshot()
  let measuredTo: typeof measuredFrom | undefined
  let lastSecond = measuredFrom.loop
  let second = 0
  let end = Number.POSITIVE_INFINITY

  return {
    /** Starts the measured time, which ends at `to`, microseconds. */
    measure(to: number): void {
      measuredFrom = snapshot()
      end = to
    },
    /** To be called several times per second. */
    look(now: number): void {
      if (now >= end) measuredTo ??= snapshot()
      if (Math.floor(now / 1e6) === second) return
      const current = performance.eventLoopUtilization()
      series.recordUtilisation(
        second,
        performance.eventLoopUtilization(current, lastSecond).utilization,
      )
      second = Math.floor(now / 1e6)
      lastSecond = current
    },
    finish(now: number): { utilisation: number; cpu_s: number } {
      this.look(now)
      // The last second is incomplete.
      const current = performance.eventLoopUtilization()
      series.recordUtilisation(
        second,
        performance.eventLoopUtilization(current, lastSecond).utilization,
      )
      const to = measuredTo ?? snapshot()
      const { utilization } = performance.eventLoopUtilization(to.loop, measuredFrom.loop)
      const cpu = to.cpu.user + to.cpu.system - measuredFrom.cpu.user - measuredFrom.cpu.system
      return { utilisation: utilization, cpu_s: cpu / 1e6 }
    },
  }
}
