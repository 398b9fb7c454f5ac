/** The end of a command that has a time limit, and that Ctrl-C ends in order. */
export interface Deadline {
  /** Aborted with the reason, one line, when the time is over or the process is told to stop. */
  readonly signal: AbortSignal
  /** Lets the process end by itself. */
  clear(): void
}

/** Starts the clock. SIGINT and SIGTERM abort the signal instead of ending the process. */
export function openDeadline(minutes: number): Deadline {
  const controller = new AbortController()
  const stop = (name: NodeJS.Signals) => controller.abort(new Error(`Stopped by ${name}`))
  const over = () => controller.abort(new Error(`No end within ${minutes} minutes`))
  const timer = setTimeout(over, minutes * 60_000)
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer)
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}
