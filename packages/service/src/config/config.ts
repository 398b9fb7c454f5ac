import { Ajv, type ErrorObject } from 'ajv'
import Type, { type Static } from 'typebox'
import { type Currency, currencyOf } from '../cart/money.ts'
import { checkAccessSettings } from './access-settings.ts'
import { ConfigError } from './config-error.ts'
import { homeSettingsOf } from './home-settings.ts'
import { unknownSetting } from './unknown-settings.ts'
import { parseOrigins, parsePublicUrl } from './web.ts'

const integer = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: value, minimum, maximum, description })
const oneOf = <const T extends string[]>(value: T[number], values: [...T], description: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: values, default: value, description })

const SECRET_ARN = {
  pattern: '^arn:aws(-cn|-us-gov|-eusc)?:secretsmanager:[a-z0-9-]+:\\d{12}:secret:[\\w/+=.@!-]+$',
  allowed: 'the ARN of a secret, such as arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME',
}

const TABLE_NAME = {
  pattern: '^([\\w.-]{3,255}|arn:[\\w-]+:dynamodb:[\\w-]+:\\d{12}:table/[\\w.-]{3,255})$',
  allowed: '3 to 255 letters, digits, _, - and ., or the ARN of a table',
}

/** The default limit of a customer with a token: a hundred requests per second, which no shopper and no page of a shop needs. */
export const CUSTOMER_PER_MINUTE = 6000

/** Every setting of the service: environment variable, type, default and meaning. */
export const SETTINGS = Type.Object({
  CART_STORE_TYPE: oneOf(
    'postgres',
    ['postgres', 'dynamodb', 'memory'],
    'The database of the carts. `memory` loses everything at exit.',
  ),
  PORT: integer(8080, 0, 65_535, 'Port to listen on; 0 lets the system choose.'),
  HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address to listen on; `0.0.0.0` for all interfaces (in a container).',
  }),
  CART_PUBLIC_URL: Type.Optional(
    Type.String({
      description:
        'Address at which clients reach the service, with the path prefix that a proxy removes: `https://shop.example/carts`. Used in `Location` and in the OpenAPI document; without it, addresses start with `/`.',
    }),
  ),
  DATABASE_URL: Type.Optional(
    Type.String({
      description: 'PostgreSQL: `postgres://user:password@host:port/database?sslmode=...`.',
    }),
  ),
  DATABASE_READ_URL: Type.Optional(
    Type.String({
      description:
        'PostgreSQL: URL of read replicas, which serve eventual reads of carts. Password and session settings are those of `DATABASE_URL`. See [operations.md](operations.md#read-replicas).',
    }),
  ),
  DATABASE_PASSWORD_FILE: Type.Optional(
    Type.String({
      description:
        'PostgreSQL: file with the password, read for every new connection, so that the password can be rotated.',
    }),
  ),
  DATABASE_PASSWORD_COMMAND: Type.Optional(
    Type.String({
      description:
        'PostgreSQL: command that prints the password, run by the shell for every new connection.',
    }),
  ),
  DATABASE_SECRET_ARN: Type.Optional(
    Type.String({
      ...SECRET_ARN,
      description:
        'PostgreSQL: ARN of a secret in AWS Secrets Manager with the password, read for new connections, so that the secret can rotate. See [operations.md](operations.md#rotating-the-password).',
    }),
  ),
  DATABASE_AUTH: oneOf(
    'password',
    ['password', 'aws-iam'],
    'PostgreSQL: `aws-iam` logs in with a token of AWS IAM instead of a password.',
  ),
  DATABASE_SESSION_SETTINGS: oneOf(
    'startup',
    ['startup', 'set', 'role'],
    'PostgreSQL: how sessions get their plans and timeouts. `set` and `role` are for connection poolers, see [operations.md](operations.md#a-connection-pooler-before-postgresql).',
  ),
  DATABASE_POOL_SIZE: integer(
    10,
    1,
    1000,
    'PostgreSQL: maximum number of connections of one instance.',
  ),
  DATABASE_STATEMENT_TIMEOUT_MS: integer(
    5000,
    1,
    600_000,
    'PostgreSQL: maximum time for one statement.',
  ),
  POSTGRES_LAYOUT: oneOf(
    'rows',
    ['rows', 'document'],
    'PostgreSQL: where the lines of carts are. `rows`: a row per line; `document`: all lines of a cart in its row. `pushcart convert` converts a database that has carts, see [operations.md](operations.md#the-layout-of-carts-on-postgresql).',
  ),
  DYNAMODB_TABLE_NAME: Type.Optional(
    Type.String({ ...TABLE_NAME, description: 'DynamoDB: name of the table.' }),
  ),
  DYNAMODB_POOL_SIZE: integer(
    100,
    1,
    1000,
    'DynamoDB: maximum number of connections of one instance.',
  ),
  DYNAMODB_CLIENT: oneOf(
    'wire',
    ['wire', 'sdk'],
    'DynamoDB: the HTTP client. `wire` is the one in this repository; `sdk` is the client of the AWS SDK, which needs more CPU.',
  ),
  MOVE_TO_CART_STORE_TYPE: Type.Optional(
    Type.Unsafe<'postgres' | 'dynamodb'>({
      type: 'string',
      enum: ['postgres', 'dynamodb'],
      description:
        'The database to which `pushcart move` moves the carts, see [moving.md](moving.md). Instances with this setting take part in a move.',
    }),
  ),
  MOVE_TO_DATABASE_URL: Type.Optional(
    Type.String({ description: 'Like `DATABASE_URL`, of the database to which carts move.' }),
  ),
  MOVE_TO_DATABASE_PASSWORD_FILE: Type.Optional(
    Type.String({
      description: 'Like `DATABASE_PASSWORD_FILE`, of the database to which carts move.',
    }),
  ),
  MOVE_TO_DATABASE_PASSWORD_COMMAND: Type.Optional(
    Type.String({
      description: 'Like `DATABASE_PASSWORD_COMMAND`, of the database to which carts move.',
    }),
  ),
  MOVE_TO_DATABASE_SECRET_ARN: Type.Optional(
    Type.String({
      ...SECRET_ARN,
      description: 'Like `DATABASE_SECRET_ARN`, of the database to which carts move.',
    }),
  ),
  MOVE_TO_DATABASE_AUTH: Type.Optional(
    Type.Unsafe<'password' | 'aws-iam'>({
      type: 'string',
      enum: ['password', 'aws-iam'],
      description: 'Like `DATABASE_AUTH`, of the database to which carts move.',
    }),
  ),
  MOVE_TO_POSTGRES_LAYOUT: Type.Optional(
    Type.Unsafe<'rows' | 'document'>({
      type: 'string',
      enum: ['rows', 'document'],
      description: 'Like `POSTGRES_LAYOUT`, of the database to which carts move.',
    }),
  ),
  MOVE_TO_DYNAMODB_TABLE_NAME: Type.Optional(
    Type.String({
      ...TABLE_NAME,
      description: 'Like `DYNAMODB_TABLE_NAME`, of the table to which carts move.',
    }),
  ),
  MOVE_LEASE_MS: integer(
    10_000,
    1000,
    600_000,
    'How long an instance may serve during a move after it last renewed its lease, milliseconds. A change of the phase waits for longer than that for an instance that was killed. The same for all instances and `pushcart move`.',
  ),
  HOME_REGION: Type.Optional(
    Type.String({
      description:
        'DynamoDB global table: the region of this service, one of `HOME_REGIONS`. See [operations.md](operations.md#home-regions).',
    }),
  ),
  HOME_REGIONS: Type.Optional(
    Type.String({
      description:
        'DynamoDB global table whose regions all serve: where the service of each region is, the same in all regions: `us-east-1=https://us.shop.example,eu-west-1=https://eu.shop.example`. Instead of a URL: another region that has taken over, or `paused`. The first region is also the home of carts from before this setting.',
    }),
  ),
  HOME_VERSION: integer(
    1,
    1,
    1_000_000_000,
    'Increase it with each change of `HOME_REGIONS`, so that instances with an older version recognise that they are outdated.',
  ),
  HOME_REQUESTS: oneOf(
    'proxy',
    ['proxy', 'redirect', 'table'],
    'What to do with changes and strong reads of carts whose home is another region: send them to its service, respond with 307 and its address, or use its table from here.',
  ),
  HOME_TIMEOUT_MS: integer(
    3000,
    100,
    60_000,
    'How long to wait for the service or the table of another region.',
  ),
  HOME_ENDPOINTS: Type.Optional(
    Type.String({
      description:
        'Endpoints of DynamoDB in the other regions where they do not follow from the name of the region (emulators, VPC endpoints): `us-east-1=http://127.0.0.1:8000`.',
    }),
  ),
  READ_CONSISTENCY: oneOf(
    'eventual',
    ['eventual', 'strong'],
    'Default when a read has no `consistency` parameter. DynamoDB charges twice as much for a strong read; on PostgreSQL, reads are strong unless `DATABASE_READ_URL` is set.',
  ),
  CATALOG_FILE: Type.Optional(
    Type.String({
      description:
        'File with your products, `.json`, `.csv`, `.tsv` or `.txt`. Without it, 100,000 products are generated.',
    }),
  ),
  CATALOG_MAP: Type.Optional(
    Type.String({
      description:
        'Which column of the catalog is what: `shopify`, `woocommerce` or another preset, `field=column` pairs, JSON, or a `.json` file; see [catalog.md](catalog.md).',
    }),
  ),
  CURRENCY: Type.String({
    default: 'USD',
    pattern: '^[A-Z]{3}$',
    description:
      'ISO 4217 code of the prices of the catalog. A cart keeps the currency of its creation.',
  }),
  LEGACY_CURRENCY: Type.Optional(
    Type.String({
      pattern: '^[A-Z]{3}(:[0-4])?$',
      description:
        'Currency of the carts and orders of releases that did not record it, and their decimals where those were not of ISO 4217: `COP:0`. Read once, at the first start of this release. Default: `CURRENCY`.',
    }),
  ),
  CART_TTL_SECONDS: integer(604_800, 1, 315_360_000, 'Lifetime of a cart after its last change.'),
  CART_MAX_LINES: integer(100, 1, 200, 'Maximum number of different products in a cart.'),
  CART_MAX_LINE_QUANTITY: integer(
    1000,
    1,
    1_000_000,
    'Maximum number of units of one product in a cart.',
  ),
  CART_MAX_UNITS: integer(10_000, 1, 1_000_000, 'Maximum number of units in a cart.'),
  PAGE_SIZE_MAX: integer(
    100,
    1,
    100,
    'Maximum number of items per page. The default page size is 20.',
  ),
  CORS_ORIGINS: Type.Optional(
    Type.String({
      description:
        'Origins whose pages may use the service from a browser, separated by commas: `https://shop.example,https://admin.example`; `*` for all.',
    }),
  ),
  AUTH: Type.Optional(
    Type.Unsafe<'none'>({
      type: 'string',
      enum: ['none'],
      description:
        '`none` lets everyone who can reach the service access every cart. Without a JWK set, required for a `HOST` that other computers can reach.',
    }),
  ),
  AUTH_JWKS_URL: Type.Optional(
    Type.String({ description: 'Requires bearer tokens and verifies them with this JWK set.' }),
  ),
  AUTH_JWKS_FILE: Type.Optional(
    Type.String({ description: 'Like `AUTH_JWKS_URL`, with the JWK set in a file.' }),
  ),
  AUTH_KEYS_MAX_AGE_SECONDS: integer(
    86_400,
    60,
    604_800,
    'How long the keys of `AUTH_JWKS_URL` are used after the last successful fetch, while further fetches fail.',
  ),
  AUTH_ISSUER: Type.Optional(Type.String({ description: 'Required value of the claim `iss`.' })),
  AUTH_AUDIENCE: Type.Optional(
    Type.String({ description: 'Value that the claim `aud` must contain.' }),
  ),
  AUTH_CLIENT_IDS: Type.Optional(
    Type.String({
      description:
        'Values of the claim `client_id`, separated by commas: accepts tokens without `aud` that have one of them (access tokens of Amazon Cognito).',
    }),
  ),
  AUTH_CLOCK_TOLERANCE_SECONDS: integer(
    5,
    0,
    300,
    'Maximum difference of the clocks when `exp` and `nbf` are checked.',
  ),
  AUTH_CUSTOMER_CLAIM: Type.String({
    default: 'sub',
    description: 'Claim that holds the customer id.',
  }),
  AUTH_NUMERIC_CUSTOMER: Type.Optional(
    Type.Unsafe<'string' | 'integer'>({
      type: 'string',
      enum: ['string', 'integer'],
      description:
        'Which customer a claim such as `"42"` is: `string` for the customer `"42"`, `integer` for the customer `42`. If unset, `string`, and a warning in the log.',
    }),
  ),
  AUTH_SERVICE_SCOPE: Type.String({
    default: 'pushcart:service',
    description:
      'A token with this value in `scope`, `scp` or `permissions` may access every cart.',
  }),
  RATE_LIMIT_PER_MINUTE: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 10_000_000,
      description: `Maximum number of requests per minute and caller (customer of a token, or address); 0 for no limit. Default: ${CUSTOMER_PER_MINUTE} for each customer of a token, and no limit for addresses.`,
    }),
  ),
  TRUSTED_PROXIES: integer(
    0,
    0,
    10,
    'Number of proxies in front whose `X-Forwarded-For` is trusted.',
  ),
  BODY_LIMIT_BYTES: integer(65_536, 1024, 10_485_760, 'Maximum size of a request body.'),
  REQUEST_TIMEOUT_MS: integer(10_000, 100, 600_000, 'Maximum time for a request to arrive.'),
  ADMISSION_WAIT_MS: integer(
    20,
    0,
    10_000,
    'How long a request may wait for its turn when the service is busy, before it is refused with `OVERLOADED`; 0 for not at all.',
  ),
  ADMISSION_STORE_WAIT_MS: integer(
    250,
    0,
    600_000,
    'Maximum expected queueing time of a read, add or creation, by the time of recent statements; beyond it, requests are refused with `STORE_BUSY`. One round of batches (one full batch for each that may be in flight) may always queue.',
  ),
  ADMISSION_MAX_REQUESTS: integer(
    1000,
    1,
    100_000,
    'Maximum number of requests that one process works on at once. Below it, the number adapts to the latency of the database.',
  ),
  DRAIN_TIMEOUT_MS: integer(
    10_000,
    0,
    600_000,
    'Maximum time for requests in flight to finish at shutdown.',
  ),
  DRAIN_GRACE_MS: integer(
    500,
    0,
    600_000,
    'How long connections are accepted and served at shutdown, so that no request on its way is lost. With 0, connections that have just been made are reset.',
  ),
  RESPONSE_TIMEOUT_MS: integer(
    30_000,
    100,
    600_000,
    'How long a client may take no byte of its response before its connection is closed.',
  ),
  MAX_CONNECTIONS: integer(
    10_000,
    1,
    1_000_000,
    'Maximum number of connections of clients to one process; less if the limit of file descriptors is lower.',
  ),
  MAX_CONNECTIONS_PER_ADDRESS: integer(
    5000,
    0,
    1_000_000,
    'Maximum number of connections from one address other than loopback to one process; 0 for no limit. A connection has one request in progress at a time.',
  ),
  READY_TIMEOUT_MS: integer(
    1000,
    1,
    60_000,
    'How long `/health/ready` waits for the database before it responds with 503.',
  ),
  SWEEP_INTERVAL_SECONDS: integer(
    60,
    0,
    86_400,
    'Interval at which expired carts are removed from PostgreSQL; 0 for never.',
  ),
  SWEEP_BATCH: integer(
    500,
    1,
    10_000,
    'Maximum number of expired carts that one statement removes.',
  ),
  METRICS_PORT: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65_535,
      description:
        'Port of `/metrics` on `HOST`, which `PORT` then does not serve; 0 lets the system choose.',
    }),
  ),
  METRICS_TOKEN: Type.Optional(
    Type.String({
      description: 'Token that `/metrics` requires: `Authorization: Bearer TOKEN`.',
    }),
  ),
  LOG_LEVEL: oneOf(
    'info',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'Minimum severity of log lines.',
  ),
})

export type Config = Readonly<Static<typeof SETTINGS>>

/** How a PostgreSQL keeps the lines of carts: each in a row of its own, or all of a cart in the cart's row. */
export type LayoutName = Config['POSTGRES_LAYOUT']

const ajv = new Ajv({
  coerceTypes: true,
  useDefaults: true,
  allErrors: true,
  removeAdditional: false,
})
// In words what a pattern says.
ajv.addVocabulary(['allowed'])
const validate = ajv.compile<Config>(SETTINGS)

/**
 * The settings found in `env`, an environment such as `process.env`. An empty variable is treated as unset.
 *
 * @throws ConfigError that names each invalid setting
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.entries(env).filter(([, value]) => value !== undefined && value !== '')
  const names = Object.keys(SETTINGS.properties)
  const isSetting = ([name]: [string, unknown]) => name in SETTINGS.properties
  const found: unknown = Object.fromEntries(given.filter(isSetting))
  const problems = given.flatMap(([name]) => unknownSetting(name, names) ?? [])
  if (!validate(found)) {
    for (const error of validate.errors ?? []) {
      const name = error.instancePath.slice(1)
      problems.push(`${name} ${ruleOf(error, name)} (got ${JSON.stringify(env[name])})`)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems.join('; '))
  const config = Object.freeze(found as Config)
  const set = given.map(([name]) => name)
  checkAccessSettings(config, set)
  homeSettingsOf(config, set)
  checkCurrency('CURRENCY', () => currencyOf(config.CURRENCY))
  checkCurrency('LEGACY_CURRENCY', () => legacyCurrencyOf(config))
  parsePublicUrl(config.CART_PUBLIC_URL)
  if (config.METRICS_PORT === config.PORT && config.PORT !== 0)
    throw new ConfigError('METRICS_PORT must be another port than PORT')
  parseOrigins(config.CORS_ORIGINS)
  return config
}

/** See the setting `LEGACY_CURRENCY`. With decimals, the code may be one that ISO 4217 has withdrawn. */
export function legacyCurrencyOf(config: Config): Currency {
  const [code = config.CURRENCY, digits] = config.LEGACY_CURRENCY?.split(':') ?? []
  return digits === undefined ? currencyOf(code) : { code, digits: Number(digits) }
}

function checkCurrency(name: string, parse: () => Currency): void {
  try {
    parse()
  } catch (error) {
    throw new ConfigError(`${name} ${(error as RangeError).message}`)
  }
}

/** What a setting must be. */
function ruleOf({ keyword, message, params }: ErrorObject, name: string): string | undefined {
  if ('allowedValues' in params) return `must be one of ${params.allowedValues.join(', ')}`
  const setting = SETTINGS.properties[name as keyof typeof SETTINGS.properties]
  return keyword === 'pattern' && 'allowed' in setting ? `must be ${setting.allowed}` : message
}
