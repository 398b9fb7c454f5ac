/** Parameters that say nothing about a person. */
const SHOWN = new Set(['limit', 'consistency', 'min_version', 'status'])
const MAX_PARAMETERS = 20

/**
 * The query of a URL for `url.query` of a span, with the values of all other parameters, such as `customer_id`, replaced
 * by `REDACTED`.
 *
 * @returns `undefined` without a query
 */
export function redactedQuery(url: string): string | undefined {
  const at = url.indexOf('?')
  if (at === -1 || at === url.length - 1) return undefined
  return url
    .slice(at + 1)
    .split('&', MAX_PARAMETERS)
    .map((pair) => {
      const [name = '', value] = pair.split('=', 2)
      return value === undefined || SHOWN.has(name) ? pair : `${name}=REDACTED`
    })
    .join('&')
}
