import { performance } from 'node:perf_hooks'
import type { Series } from './series.ts'

/**
 * Watches how busy the process is: its event loop each second and over the measured time, and its CPU time.
 *
 * @param warmup when the measured time begins, microseconds; `end` when it ends
 */
export function watchLoop(warmup: number, end: number, series: Series) {
  let measuredFrom = { loop: performance.eventLoopUtilization(), cpu: process.cpuUsage() }
  let measuredTo: typeof measuredFrom | undefined
  let lastSecond = measuredFrom.loop
  let second = 0
  let warming = warmup > 0

  const snapshot = () => ({ loop: performance.eventLoopUtilization(), cpu: process.cpuUsage() })
  return {
    /** Called several times a second. */
    look(now: number): void {
      if (warming && now >= warmup) {
        warming = false
        measuredFrom = snapshot()
      }
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
      // The last second is seen in part.
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
