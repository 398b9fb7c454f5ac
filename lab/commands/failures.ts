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
