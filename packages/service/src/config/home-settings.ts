import { type HomeMap, PAUSED } from '../cart/homes.ts'
import { ConfigError } from './config-error.ts'

/** The settings of home regions, as they are in the environment. */
export interface GivenHomeSettings {
  readonly CART_STORE_TYPE: string
  readonly DYNAMODB_TABLE_NAME?: string
  readonly MOVE_TO_CART_STORE_TYPE?: string
  readonly HOME_REGION?: string
  readonly HOME_REGIONS?: string
  readonly HOME_VERSION: number
  readonly HOME_REQUESTS: 'proxy' | 'redirect' | 'table'
  readonly HOME_TIMEOUT_MS: number
  readonly HOME_ENDPOINTS?: string
}

export interface HomeSettings {
  /** The region of this instance. */
  readonly own: string
  readonly map: HomeMap
  /** Where the service of each region can be reached, without a slash at the end. */
  readonly urls: ReadonlyMap<string, string>
  /** Endpoints of DynamoDB that do not follow from the region's name. */
  readonly endpoints: ReadonlyMap<string, string>
  readonly requests: 'proxy' | 'redirect' | 'table'
  readonly timeoutMs: number
}

const SETTINGS = [
  'HOME_REGION',
  'HOME_VERSION',
  'HOME_REQUESTS',
  'HOME_TIMEOUT_MS',
  'HOME_ENDPOINTS',
]

/** Not a number, which would change its place among the members of an object. */
const NAME = /^[a-z][a-z0-9-]{0,31}$/

/**
 * The settings of home regions; `undefined` without `HOME_REGIONS`.
 *
 * @param given the names of all settings that are set
 * @throws ConfigError
 */
export function homeSettingsOf(
  config: GivenHomeSettings,
  given: readonly string[] = [],
): HomeSettings | undefined {
  const { HOME_REGION: own, HOME_REGIONS: text } = config
  if (text === undefined) {
    const useless = given.find((name) => SETTINGS.includes(name))
    if (useless !== undefined)
      throw new ConfigError(`${useless} has no effect without HOME_REGIONS`)
    return undefined
  }
  if (own === undefined)
    throw new ConfigError(
      'HOME_REGION is not set: HOME_REGIONS requires the region of this service',
    )
  const { homes, urls } = regionsIn(text)
  if (!Object.hasOwn(homes, own))
    throw new ConfigError(
      `HOME_REGION must be one of HOME_REGIONS: ${Object.keys(homes).join(', ')} (got ${JSON.stringify(own)})`,
    )
  requireTable(config)
  return {
    own,
    map: { version: config.HOME_VERSION, homes },
    urls,
    endpoints: endpointsIn(config.HOME_ENDPOINTS, homes),
    requests: config.HOME_REQUESTS,
    timeoutMs: config.HOME_TIMEOUT_MS,
  }
}

/** Only a global table of DynamoDB has the same carts in several regions. */
function requireTable(config: GivenHomeSettings): void {
  if (config.CART_STORE_TYPE !== 'dynamodb')
    throw new ConfigError(
      `HOME_REGIONS requires CART_STORE_TYPE=dynamodb (got ${config.CART_STORE_TYPE})`,
    )
  if (config.DYNAMODB_TABLE_NAME?.startsWith('arn:'))
    throw new ConfigError(
      'DYNAMODB_TABLE_NAME must be a name and not an ARN with HOME_REGIONS: the table has the same name in all regions',
    )
  if (config.MOVE_TO_CART_STORE_TYPE !== undefined)
    throw new ConfigError('HOME_REGIONS and MOVE_TO_CART_STORE_TYPE exclude each other')
}

function regionsIn(text: string) {
  const homes: Record<string, string> = {}
  const urls = new Map<string, string>()
  for (const [name, value] of entriesOf('HOME_REGIONS', text)) {
    const url = /^https?:/.test(value) ? serviceUrl(name, value) : undefined
    if (url !== undefined) urls.set(name, url)
    homes[name] = url === undefined ? value : name
  }
  for (const [name, home] of Object.entries(homes))
    if (home !== PAUSED && !urls.has(home))
      throw new ConfigError(
        `HOME_REGIONS must give ${name} a URL, "${PAUSED}" or another region that has a URL (got ${JSON.stringify(home)})`,
      )
  return { homes, urls }
}

function serviceUrl(name: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || url.search || url.hash || url.username || url.password)
    throw new ConfigError(
      `HOME_REGIONS must give ${name} a URL without user, query and fragment (got ${JSON.stringify(value)})`,
    )
  return url.origin + url.pathname.replace(/\/+$/, '')
}

function endpointsIn(text: string | undefined, homes: Readonly<Record<string, string>>) {
  const endpoints = new Map<string, string>()
  for (const [name, value] of text === undefined ? [] : entriesOf('HOME_ENDPOINTS', text)) {
    if (!Object.hasOwn(homes, name))
      throw new ConfigError(`HOME_ENDPOINTS has ${name}, which is not one of HOME_REGIONS`)
    if (!/^https?:/.test(value) || !URL.canParse(value))
      throw new ConfigError(
        `HOME_ENDPOINTS must give ${name} an http or https URL (got ${JSON.stringify(value)})`,
      )
    endpoints.set(name, value)
  }
  return endpoints
}

/** Parses `name=value,name=value`. */
function entriesOf(setting: string, text: string): [name: string, value: string][] {
  const entries = text.split(',').map((part): [string, string] => {
    const [name = '', ...value] = part.trim().split('=')
    if (!NAME.test(name) || name === PAUSED || value.join('=') === '')
      throw new ConfigError(
        `${setting} must be region=value pairs, separated by commas (got ${JSON.stringify(part.trim())})`,
      )
    return [name, value.join('=')]
  })
  const names = entries.map(([name]) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new ConfigError(`${setting} has ${twice} twice`)
  return entries
}
