import { ConfigError } from './config-error.ts'

/** Origins whose pages may use the service; `*` for all. */
export type Origins = '*' | readonly string[]

/**
 * Parses `CORS_ORIGINS`; `undefined` when it is unset.
 *
 * @throws ConfigError that shows the invalid origin
 */
export function parseOrigins(text: string | undefined): Origins | undefined {
  if (text === undefined) return undefined
  if (text.trim() === '*') return '*'
  return text.split(',').map((part) => {
    const given = part.trim()
    const origin = URL.canParse(given) ? new URL(given).origin : undefined
    // Browsers send the origin in exactly this spelling.
    if (origin === given && /^https?:/.test(given)) return origin
    const hint = origin !== undefined && origin !== 'null' ? `; did you mean ${origin}?` : ''
    throw new ConfigError(
      `CORS_ORIGINS must be * or origins such as https://shop.example, separated by commas (got ${JSON.stringify(given)}${hint})`,
    )
  })
}

/**
 * Parses `CART_PUBLIC_URL`, without a slash at the end; `''` when it is unset.
 *
 * @throws ConfigError when it is not an http or https URL, or has a query or fragment
 */
export function parsePublicUrl(text: string | undefined): string {
  if (text === undefined) return ''
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search || url.hash)
    throw new ConfigError(
      `CART_PUBLIC_URL must be an http or https URL without query and fragment (got ${JSON.stringify(text)})`,
    )
  return url.origin + url.pathname.replace(/\/+$/, '')
}
