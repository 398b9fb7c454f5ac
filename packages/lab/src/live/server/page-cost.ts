import { cpuOfProcess } from '../../services/process-tree.ts'
import type { PageCost } from '../protocol.ts'

/**
 * Measures what the page itself costs since the last call: the main thread, which serves the page and the proxies, and the
 * instances of the services that run for the page alone. The CPU of the process beyond the main thread is that of its
 * threads, load and checker.
 *
 * @param spares processes of these instances
 * @returns a function of the cores that services and databases use
 */
export function openPageCost(
  spares: () => readonly number[],
): (measured_cores: number) => Promise<PageCost> {
  let process_us = process.cpuUsage()
  let thread_us = process.threadCpuUsage()
  let at = performance.now()
  let spare_s = new Map<number, number>()
  return async (measured_cores) => {
    const now_s = await cpuOf(spares())
    const all = process.cpuUsage(process_us)
    const main = process.threadCpuUsage(thread_us)
    const seconds = (performance.now() - at) / 1000
    // An instance that was in use a second ago is not counted yet.
    const spare = [...now_s].reduce((sum, [pid, cpu]) => sum + cpu - (spare_s.get(pid) ?? cpu), 0)
    process_us = process.cpuUsage()
    thread_us = process.threadCpuUsage()
    at = performance.now()
    spare_s = now_s
    const main_cores = cores(main, seconds)
    return {
      page_cores: main_cores + spare / seconds,
      load_cores: Math.max(0, cores(all, seconds) - main_cores),
      measured_cores,
    }
  }
}

/** CPU seconds by process. */
async function cpuOf(pids: readonly number[]): Promise<Map<number, number>> {
  const found = await Promise.all(pids.map(async (pid) => [pid, await cpuOfProcess(pid)] as const))
  return new Map(found.flatMap(([pid, cpu]) => (cpu === null ? [] : [[pid, cpu]])))
}

function cores({ user, system }: NodeJS.CpuUsage, seconds: number): number {
  return (user + system) / 1e6 / seconds
}
