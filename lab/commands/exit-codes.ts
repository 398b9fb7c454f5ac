/** What the lab's commands tell the shell. A failed check differs from a run that proves nothing. */
export const EXIT = {
  /** Everything ran and every check held. */
  good: 0,
  /** The run is complete and a check failed: an operation failed, an update was lost, a limit was passed. */
  checkFailed: 1,
  /** The run is invalid or was cut off (Ctrl-C, results could not be written): it says nothing either way. */
  invalidRun: 2,
  /** The arguments or the configuration are wrong; nothing was run. */
  usage: 3,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
