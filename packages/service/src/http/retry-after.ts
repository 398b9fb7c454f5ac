/** Maximum of `Retry-After`, seconds. */
const MAX_SECONDS = 4

/**
 * The header `Retry-After` of a refusal: a random number of whole seconds from 1 to 4. Clients that were refused at the same
 * moment must not return at the same moment.
 */
export function retryAfter(random: () => number = Math.random): string {
  return `${1 + Math.floor(random() * MAX_SECONDS)}`
}
