const MAX_SHOWN = 5

/** Lines with each distinct failure and its count, the most frequent first; at most five. */
export function describeFailures(failures: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const failure of failures) counts.set(failure, (counts.get(failure) ?? 0) + 1)
  const sorted = [...counts].sort(([, a], [, b]) => b - a)
  return shorten(
    sorted.map(([failure, count]) => `  ${count} x ${failure}`),
    MAX_SHOWN,
  )
}

/** The first lines, and how many more there are. */
export function shorten(lines: readonly string[], max: number): string[] {
  const hidden = lines.length - max
  return hidden > 0
    ? [...lines.slice(0, max), `  and ${hidden} other kinds of failure`]
    : [...lines]
}
