/** A link from a report to a value in the result file: a JSON pointer (RFC 6901) as the fragment. */
export function pointer(...path: readonly (string | number)[]): string {
  return `results.json#/${path.join('/')}`
}
