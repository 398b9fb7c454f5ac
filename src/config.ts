import { Ajv } from 'ajv'
import Type, { type Static } from 'typebox'
import { minorDigits } from './cart/money.ts'
import { ConfigError } from './config-error.ts'

const integer = (value: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: value, minimum, maximum, description })
const oneOf = <const T extends string[]>(value: T[number], values: [...T], description: string) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: values, default: value, description })

/** Every setting of the service: its environment variable, kind, default and meaning. */
export const SETTINGS = Type.Object({
  CART_STORE_TYPE: oneOf(
    'postgres',
    ['postgres', 'dynamodb', 'memory'],
    'The database behind the carts. `memory` forgets everything at exit.',
  ),
  PORT: integer(8080, 0, 65_535, 'Port to listen on; 0 lets the system choose.'),
  HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address to listen on; `0.0.0.0` for all (in a container).',
  }),
  DATABASE_URL: Type.Optional(
    Type.String({
      description: 'PostgreSQL: `postgres://user:password@host:port/database?sslmode=...`.',
    }),
  ),
  DATABASE_POOL_SIZE: integer(10, 1, 1000, 'PostgreSQL: most connections of one instance.'),
  DATABASE_STATEMENT_TIMEOUT_MS: integer(
    5000,
    1,
    600_000,
    'PostgreSQL: longest time for one statement.',
  ),
  DYNAMODB_TABLE_NAME: Type.Optional(
    Type.String({ description: 'DynamoDB: the table of the carts.' }),
  ),
  DYNAMODB_POOL_SIZE: integer(100, 1, 1000, 'DynamoDB: most connections of one instance.'),
  READ_CONSISTENCY: oneOf(
    'eventual',
    ['eventual', 'strong'],
    'Reads that do not say themselves. DynamoDB charges twice as much for a strong read; PostgreSQL reads are always strong.',
  ),
  CATALOG_FILE: Type.Optional(
    Type.String({
      description: 'Your products, `.json` or `.csv`; otherwise 100,000 generated ones.',
    }),
  ),
  CURRENCY: Type.String({
    default: 'USD',
    pattern: '^[A-Z]{3}$',
    description: 'ISO 4217 code of all prices.',
  }),
  CART_TTL_SECONDS: integer(
    604_800,
    1,
    315_360_000,
    'How long a cart lives after its last change.',
  ),
  CART_MAX_LINES: integer(100, 1, 200, 'Most different products in a cart.'),
  CART_MAX_LINE_QUANTITY: integer(1000, 1, 1_000_000, 'Most units of one product in a cart.'),
  CART_MAX_UNITS: integer(10_000, 1, 1_000_000, 'Most units in a cart.'),
  PAGE_SIZE_MAX: integer(100, 1, 100, 'Most items of one page; a list that does not say gives 20.'),
  AUTH_JWKS_URL: Type.Optional(
    Type.String({ description: 'Bearer tokens are required and checked against this JWK set.' }),
  ),
  AUTH_JWKS_FILE: Type.Optional(
    Type.String({ description: 'The same, with the JWK set in a file.' }),
  ),
  AUTH_ISSUER: Type.Optional(Type.String({ description: 'What `iss` of a token must be.' })),
  AUTH_AUDIENCE: Type.Optional(Type.String({ description: 'What `aud` of a token must hold.' })),
  AUTH_CUSTOMER_CLAIM: Type.String({
    default: 'sub',
    description: 'The claim with the customer id.',
  }),
  AUTH_SERVICE_SCOPE: Type.String({
    default: 'pushcart:service',
    description: 'A token with this in `scope` reaches every cart.',
  }),
  RATE_LIMIT_PER_MINUTE: integer(
    0,
    0,
    10_000_000,
    'Most requests a minute of one caller (token or address); 0 for no limit.',
  ),
  TRUSTED_PROXIES: integer(
    0,
    0,
    10,
    'How many proxies in front may say who the caller is (`X-Forwarded-For`).',
  ),
  BODY_LIMIT_BYTES: integer(65_536, 1024, 10_485_760, 'Largest request body.'),
  REQUEST_TIMEOUT_MS: integer(10_000, 100, 600_000, 'Longest time for a request to arrive.'),
  DRAIN_TIMEOUT_MS: integer(
    10_000,
    0,
    600_000,
    'Longest time for requests in flight to finish at shutdown.',
  ),
  READY_TIMEOUT_MS: integer(
    1000,
    1,
    60_000,
    'How long `/health/ready` waits for the database before it answers 503.',
  ),
  SWEEP_INTERVAL_SECONDS: integer(
    60,
    0,
    86_400,
    'How often expired carts are removed from the database; 0 for never.',
  ),
  SWEEP_BATCH: integer(500, 1, 10_000, 'Most expired carts removed by one statement.'),
  LOG_LEVEL: oneOf(
    'info',
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'Least severe log lines that are written.',
  ),
})

export type Config = Readonly<Static<typeof SETTINGS>>

const ajv = new Ajv({
  coerceTypes: true,
  useDefaults: true,
  allErrors: true,
  removeAdditional: false,
})
const validate = ajv.compile<Config>(SETTINGS)

/**
 * The settings found in `env`, an environment such as `process.env`. A variable that is set to nothing counts as not set.
 *
 * @throws ConfigError naming each bad setting
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const names = Object.keys(SETTINGS.properties)
  const found: unknown = Object.fromEntries(
    names
      .map((name) => [name, env[name]])
      .filter(([, value]) => value !== undefined && value !== ''),
  )
  if (!validate(found)) {
    const problems = (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const name = instancePath.slice(1)
      const rule =
        'allowedValues' in params ? `must be ${params.allowedValues.join(' or ')}` : message
      return `${name} ${rule} (it is ${JSON.stringify(env[name])})`
    })
    throw new ConfigError(problems.join('; '))
  }
  try {
    minorDigits(found.CURRENCY)
  } catch {
    throw new ConfigError(`CURRENCY is not a currency code (it is "${found.CURRENCY}")`)
  }
  return Object.freeze(found)
}
