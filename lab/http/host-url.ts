import { UsageError } from '../errors/usage-error.ts'

/** The address of a service: its origin and base path ('' for none, no trailing slash). */
export interface HostUrl {
  readonly origin: string
  readonly prefix: string
}

/**
 * Parses the URL of a service; a trailing slash and a base path are allowed.
 *
 * @throws UsageError when it is not an http or https URL, or has a part that would be ignored
 */
export function parseHostUrl(host: string): HostUrl {
  const url = URL.parse(host)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new UsageError(
      `host: ${JSON.stringify(host)} is not an http or https URL such as http://localhost:8080`,
    )
  if (url.username !== '' || url.password !== '')
    throw new UsageError('host: a user name or password in the URL is not supported')
  if (url.search !== '' || url.hash !== '')
    throw new UsageError(`host: ${JSON.stringify(host)} must end with the path, without ? or #`)
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, '') }
}
