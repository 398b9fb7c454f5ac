import type { PageCost } from '../protocol.ts'

/**
 * Measures what the page itself costs since the last call. The main thread serves the page and the proxies; the CPU of the
 * process beyond it is that of its threads, load and checker.
 *
 * @returns a function of the cores that services and databases use
 */
export function openPageCost(): (measured_cores: number) => PageCost {
  let process_us = process.cpuUsage()
  let thread_us = process.threadCpuUsage()
  let at = performance.now()
  return (measured_cores) => {
    const all = process.cpuUsage(process_us)
    const main = process.threadCpuUsage(thread_us)
    const seconds = (performance.now() - at) / 1000
    process_us = process.cpuUsage()
    thread_us = process.threadCpuUsage()
    at = performance.now()
    const page_cores = cores(main, seconds)
    return {
      page_cores,
      load_cores: Math.max(0, cores(all, seconds) - page_cores),
      measured_cores,
    }
  }
}

function cores({ user, system }: NodeJS.CpuUsage, seconds: number): number {
  return (user + system) / 1e6 / seconds
}
