import type { Homes } from '../../cart/homes.ts'
import { ConfigError } from '../../config/config-error.ts'
import { type Endpoint, isEmulator } from './wire/endpoint.ts'

/** What the store needs for home regions. */
export interface HomeOptions {
  readonly homes: Homes
  /** Endpoints that do not follow from the name of the region. */
  readonly endpoints: ReadonlyMap<string, string>
  /** Maximum time for a request to the table of another region, milliseconds. */
  readonly timeoutMs: number
}

/**
 * The endpoints of the other regions, by region: those of the settings, or Amazon's endpoint of the own region with the name of the
 * other one.
 *
 * @param own where the requests of this region go
 * @throws ConfigError when the own endpoint is another region's, or does not show how another region's endpoint is called
 */
export function elsewhereOf(
  { homes, endpoints }: HomeOptions,
  own: Endpoint,
): [region: string, endpoint: Endpoint][] {
  const isAmazon = !isEmulator(own.hostname)
  if (isAmazon && own.region !== homes.own)
    throw new ConfigError(
      `HOME_REGION must be the region of the table: requests go to ${own.region} (got ${homes.own})`,
    )
  return Object.keys(homes.map.homes)
    .filter((region) => region !== homes.own)
    .map((region) => {
      const given = endpoints.get(region)
      if (given !== undefined) return [region, givenEndpoint(given, { ...own, region })]
      const isNamed = isAmazon && own.hostname.split('.').includes(own.region)
      if (isNamed && !own.hostname.startsWith('vpce-')) return [region, sameIn(region, own)]
      throw new ConfigError(
        `HOME_ENDPOINTS must have the endpoint of DynamoDB in ${region}: it does not follow from ${own.host}`,
      )
    })
}

function givenEndpoint(text: string, own: Endpoint): Endpoint {
  const { protocol, hostname, host, pathname } = new URL(text)
  return { ...own, protocol, hostname, host, path: pathname }
}

/** `dynamodb.us-east-1.amazonaws.com` in another region. */
function sameIn(region: string, own: Endpoint): Endpoint {
  const renamed = (host: string) =>
    host
      .split('.')
      .map((part) => (part === own.region ? region : part))
      .join('.')
  return { ...own, region, hostname: renamed(own.hostname), host: renamed(own.host) }
}
