import { Worker } from 'node:worker_threads'

/** Time of a run, microseconds since its start. Tests replace it. */
export interface Clock {
  now(): number
  /** Calls `fn` once, at `at` or as soon as possible after; a later call replaces an earlier one. */
  wakeAt(at: number, fn: () => void): void
  close(): void
}

/** Shorter waits are spent in turns of the event loop: waking a thread takes as long. */
const SPIN_US = 100

/**
 * A clock whose alarm is a thread that sleeps with a resolution of microseconds. Timers of Node have whole milliseconds:
 * at 200 operations per second they were 0.6 ms late on average and the thread 0.13 ms, both at 2 % of a core; spinning
 * in the event loop took 19 % of a core, and a whole core from 2,000 operations per second.
 *
 * @param start the start of the run by `systemMs`, so that several processes share it; now by default
 */
export function openClock(start: number = systemMs()): Clock {
  const startedAt = performance.now() + (start - systemMs())
  const cell = new SharedArrayBuffer(16)
  const [calls, deadline] = [new Int32Array(cell, 0, 2), new Float64Array(cell, 8, 1)]
  const thread = new Worker(new URL('./alarm-thread.ts', import.meta.url), { workerData: cell })
  let wanted: { readonly at: number; readonly fn: () => void } | undefined
  const now = () => (performance.now() - startedAt) * 1000

  function arm(at: number): void {
    deadline[0] = systemMs() + (at - now()) / 1000
    Atomics.add(calls, 0, 1)
    Atomics.notify(calls, 0)
  }

  function ring(): void {
    if (wanted === undefined) return
    const left = wanted.at - now()
    // The message may belong to an earlier deadline, or come too early, since this thread may have lost its core between
    // the two clocks of `arm`. Without another message the run would hang.
    if (left > 0) {
      if (left < SPIN_US) setImmediate(ring)
      else arm(wanted.at)
      return
    }
    const { fn } = wanted
    wanted = undefined
    fn()
  }
  thread.on('message', ring)
  // Without the thread the run would hang: end the process instead; its parent reports it.
  thread.on('error', (error) => {
    throw error
  })
  return {
    now,
    wakeAt(at, fn) {
      const sameTime = wanted?.at === at
      wanted = { at, fn }
      if (sameTime) return
      if (at - now() < SPIN_US) {
        setImmediate(ring)
        return
      }
      arm(at)
    },
    close: () => void thread.terminate(),
  }
}

/** Milliseconds of the monotonic clock of the system, which all threads and processes share. */
export function systemMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
