import { isIP } from 'node:net'
import { ConfigError } from './config-error.ts'

/** The settings that decide who may access carts. */
export interface AccessSettings {
  readonly HOST: string
  readonly AUTH?: 'none'
  readonly AUTH_JWKS_URL?: string
  readonly AUTH_JWKS_FILE?: string
}

/**
 * Checks them together, so that a missing one never opens the service.
 *
 * @param given the names of all settings that are set
 * @throws ConfigError
 */
export function checkAccessSettings(settings: AccessSettings, given: readonly string[]): void {
  const { HOST: host, AUTH: auth, AUTH_JWKS_URL: url, AUTH_JWKS_FILE: file } = settings
  if (url !== undefined && file !== undefined)
    throw new ConfigError('AUTH_JWKS_URL and AUTH_JWKS_FILE must not both be set')
  if (url !== undefined && (!URL.canParse(url) || !/^https?:/.test(url)))
    throw new ConfigError(`AUTH_JWKS_URL must be an http or https URL (got "${url}")`)
  // fetch refuses such a URL, and the log has the URL of keys that could not be fetched.
  if (url !== undefined && /^[^:]+:\/\/[^/?#]*@/.test(url))
    throw new ConfigError('AUTH_JWKS_URL must not contain a user or a password')
  const detail = given.find((name) => name.startsWith('AUTH_'))
  if (auth === 'none' && detail !== undefined) throw new ConfigError(`AUTH=none excludes ${detail}`)
  if (url !== undefined || file !== undefined) return
  if (detail !== undefined)
    throw new ConfigError(`${detail} has no effect without AUTH_JWKS_URL or AUTH_JWKS_FILE`)
  if (auth !== 'none' && !isLoopback(host))
    throw new ConfigError(
      `HOST=${host} is open to other computers: set AUTH_JWKS_URL or AUTH_JWKS_FILE to require tokens, or AUTH=none to let everyone access every cart`,
    )
}

/** Whether only this computer can connect to the address. */
function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.')
  return host === 'localhost' || host === '::1'
}
