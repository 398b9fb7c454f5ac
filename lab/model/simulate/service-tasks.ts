import type { ServiceParameters } from './parameters.ts'

/** The number of running tasks over time; autoscaling follows the load with a delay. */
export interface ServiceTasks {
  readonly running: number
  /** Advances by one slot of `seconds` in which the service needed `cores`. */
  step(cores: number, seconds: number): void
}

/** Starts with the tasks for a constant load of `cores`. */
export function createServiceTasks(service: ServiceParameters, cores: number): ServiceTasks {
  const wanted = (needed: number) => {
    const tasks = Math.ceil(needed / (service.task_cores * service.target_utilisation))
    return Math.min(service.max_tasks, Math.max(service.min_tasks, tasks))
  }
  let running = wanted(cores)
  let now = 0
  let lowSince = 0
  const starting: { at: number; tasks: number }[] = []

  return {
    get running() {
      return running
    },
    step(needed, seconds) {
      now += seconds
      const target = wanted(needed)
      const ordered = starting.at(-1)?.tasks ?? running
      if (target > ordered) starting.push({ at: now + service.scale_out_s, tasks: target })
      if (target >= running) lowSince = now
      while (starting[0] !== undefined && starting[0].at <= now)
        running = Math.max(running, starting.shift()?.tasks ?? running)
      if (now - lowSince >= service.scale_in_s) {
        running = target
        lowSince = now
      }
    },
  }
}
