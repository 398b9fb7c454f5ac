import type { CommandIo } from './io.ts'

const MOST_SHOWN = 5

/** What went wrong, each thing once with how often, the most frequent first; at most five lines. */
export function describeFailures(failures: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const failure of failures) counts.set(failure, (counts.get(failure) ?? 0) + 1)
  const sorted = [...counts].sort(([, a], [, b]) => b - a)
  const lines = sorted.slice(0, MOST_SHOWN).map(([failure, count]) => `  ${count} x ${failure}`)
  const hidden = sorted.length - lines.length
  return hidden > 0 ? [...lines, `  and ${hidden} other kinds of failure`] : lines
}

/**
 * Ends a command in one line, and in one JSON object for a program that reads these.
 *
 * @param prefix of the line for people
 */
export function fail<Code extends number>(
  message: string,
  exit_code: Code,
  json: boolean,
  io: Pick<CommandIo, 'out' | 'err'>,
  prefix = 'error: ',
): Code {
  io.err(`${prefix}${message}`)
  if (json) io.out(JSON.stringify({ type: 'error', exit_code, message }))
  return exit_code
}
