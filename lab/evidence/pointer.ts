/** A record of the file as the report links to it: a JSON pointer (RFC 6901) behind the name of the file. */
export function pointer(...path: readonly (string | number)[]): string {
  return `results.json#/${path.join('/')}`
}
