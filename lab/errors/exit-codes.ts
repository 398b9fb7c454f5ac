/** Exit codes of the lab's commands. */
export const EXIT = { good: 0, checkFailed: 1, invalidRun: 2, usage: 3 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What each exit code means: the source of every `--help` and of the table in the README. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  [EXIT.good]: 'the run completed and every check passed',
  [EXIT.checkFailed]:
    'a check failed: an operation failed, an acknowledged write was lost or duplicated, a guarantee was violated, a `--fail-if` condition was met, or `perf` exceeded 5 minutes',
  [EXIT.invalidRun]:
    'inconclusive: the service could not be reached or started, the run was interrupted, the load generator was the bottleneck, contention or faults were insufficient, or results could not be written',
  [EXIT.usage]: 'invalid options or settings; nothing was run',
}
