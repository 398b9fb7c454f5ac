import { describe, expect, it } from 'vitest'
import { settingsPage, writtenSettingsPage } from '../../../../scripts/write-settings-doc.ts'
import { legacyCurrencyOf, loadConfig, SETTINGS } from '../../src/config/config.ts'
import { openStore } from '../../src/store/open-store.ts'

describe('settings', () => {
  it('have defaults, also when their variable is empty', () => {
    expect(loadConfig({ PORT: '', CART_STORE_TYPE: '' })).toEqual(loadConfig({}))
    expect(loadConfig({})).toMatchObject({ PORT: 8080, CART_STORE_TYPE: 'postgres' })
    expect(loadConfig({ PORT: '0', CART_MAX_LINES: '7' })).toMatchObject({
      PORT: 0,
      CART_MAX_LINES: 7,
    })
  })

  it('are frozen', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true)
  })

  it.each([
    [
      { CART_STORE_TYPE: 'mysql' },
      'CART_STORE_TYPE must be one of postgres, dynamodb, memory (got "mysql")',
    ],
    [{ PORT: '80 80' }, 'PORT must be integer (got "80 80")'],
    [{ PORT: '1.5' }, 'PORT must be integer (got "1.5")'],
    [{ PORT: '65536' }, 'PORT must be <= 65535 (got "65536")'],
    [{ CART_MAX_UNITS: '-1' }, 'CART_MAX_UNITS must be >= 1 (got "-1")'],
    [{ CURRENCY: 'USB' }, 'CURRENCY must be a currency of ISO 4217 (got "USB"; nearest: USD, USN)'],
    [
      { LEGACY_CURRENCY: 'BGN' },
      'LEGACY_CURRENCY must be a currency of ISO 4217 (got "BGN"; nearest: BTN, BYN, NGN)',
    ],
    [
      { LEGACY_CURRENCY: 'COP:5' },
      'LEGACY_CURRENCY must match pattern "^[A-Z]{3}(:[0-4])?$" (got "COP:5")',
    ],
    [{ CURRENCY: 'dollars' }, 'CURRENCY must match pattern "^[A-Z]{3}$" (got "dollars")'],
    [{ DATABASE_SECRET_ARN: 'rds!db-1a2b' }, /^DATABASE_SECRET_ARN must be the ARN of a secret/],
    [{ PORT: 'x', LOG_LEVEL: 'loud' }, /^PORT .*; LOG_LEVEL .*\(got "loud"\)$/],
  ])('%j stops the start with one line', (env, message) => {
    expect(() => loadConfig(env)).toThrow(message)
  })

  it.each([
    ['AUTH_JWKS_URI', 'AUTH_JWKS_URL'],
    ['AUTH_ISSUERS', 'AUTH_ISSUER'],
    ['RATE_LIMIT_PER_MIN', 'RATE_LIMIT_PER_MINUTE'],
    ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
    ['CART_TTL', 'CART_TTL_SECONDS'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['LOG_LEVL', 'LOG_LEVEL'],
  ])('%s stops the start, because only %s is a setting', (name, nearest) => {
    expect(() => loadConfig({ [name]: 'x' })).toThrow(
      `${name} is not a setting; the nearest one is ${nearest}`,
    )
    expect(loadConfig({ [name]: '' })).toEqual(loadConfig({}))
  })

  it.each([
    'PATH',
    'HOSTNAME',
    'PORTS',
    'AWS_REGION',
    'PGPASSWORD',
    'OTEL_SERVICE_NAME',
    // Kubernetes adds these to every container when a service is called `cart`.
    'CART_SERVICE_HOST',
    'CART_SERVICE_PORT_HTTP',
    'CART_PORT',
    'CART_PORT_8080_TCP_ADDR',
  ])('do not include %s of another program', (name) => {
    expect(loadConfig({ [name]: 'x' })).toEqual(loadConfig({}))
  })

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])(
    'need no authentication on %s, which only this computer can reach',
    (HOST) => {
      expect(loadConfig({ HOST })).toMatchObject({ HOST })
    },
  )

  it.each(['0.0.0.0', '::', '10.0.0.7', 'cart.example', '127.example'])(
    'need AUTH=none or a JWK set on %s',
    (HOST) => {
      expect(() => loadConfig({ HOST })).toThrow(`HOST=${HOST} is open to other computers`)
      expect(loadConfig({ HOST, AUTH: 'none' })).toMatchObject({ AUTH: 'none' })
      expect(loadConfig({ HOST, AUTH_JWKS_FILE: 'keys.json' })).toMatchObject({ HOST })
      expect(loadConfig({ HOST, AUTH_JWKS_URL: 'https://idp.example/keys' })).toMatchObject({
        HOST,
      })
    },
  )

  it.each([
    [{ AUTH: 'off' }, 'AUTH must be one of none (got "off")'],
    [{ AUTH: 'none', AUTH_JWKS_FILE: 'x' }, 'AUTH=none excludes AUTH_JWKS_FILE'],
    [{ AUTH: 'none', AUTH_ISSUER: 'x' }, 'AUTH=none excludes AUTH_ISSUER'],
    [{ AUTH_ISSUER: 'x' }, 'AUTH_ISSUER has no effect without AUTH_JWKS_URL or AUTH_JWKS_FILE'],
    [{ AUTH_JWKS_URL: 'nonsense' }, 'AUTH_JWKS_URL must be an http or https URL (got "nonsense")'],
    [{ AUTH_JWKS_URL: 'https://a:b@idp.example/keys' }, 'must not contain a user or a password'],
    [{ AUTH_JWKS_FILE: 'x', AUTH_JWKS_URL: 'http://x' }, 'must not both be set'],
  ])('%j stops the start, because it may open the service', (env, message) => {
    expect(() => loadConfig(env)).toThrow(message)
  })

  it.each([
    [{}, 'USD', 2],
    [{ CURRENCY: 'KWD' }, 'KWD', 3],
    [{ CURRENCY: 'EUR', LEGACY_CURRENCY: 'COP' }, 'COP', 2],
    [{ CURRENCY: 'COP', LEGACY_CURRENCY: 'COP:0' }, 'COP', 0],
    [{ CURRENCY: 'EUR', LEGACY_CURRENCY: 'BGN:2' }, 'BGN', 2],
  ])('carts of earlier releases are with %j in %s with %i decimals', (env, code, digits) => {
    expect(legacyCurrencyOf(loadConfig(env))).toEqual({ code, digits })
  })

  it.each([
    'arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-11111111-AbCdEf',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!cluster-11111111-2222-AbCdEf',
    'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:shop/carts_1+=.@-AbCdEf',
  ])('a secret may be %s', (arn) => {
    expect(loadConfig({ DATABASE_SECRET_ARN: arn }).DATABASE_SECRET_ARN).toBe(arn)
  })

  it.each(['postgres', 'dynamodb'])(
    '%s without its required setting stops the start and names it',
    async (type) => {
      const missing = { postgres: 'DATABASE_URL', dynamodb: 'DYNAMODB_TABLE_NAME' }[type]
      const opening = openStore(loadConfig({ CART_STORE_TYPE: type }), { migrate: false })
      await expect(opening).rejects.toThrow(`${missing} is not set`)
    },
  )

  it('are all in docs/settings.md, with their defaults (npm run docs)', () => {
    expect(writtenSettingsPage()).toBe(settingsPage())
    for (const name of Object.keys(SETTINGS.properties))
      expect(writtenSettingsPage()).toContain(`| \`${name}\` |`)
  })
})
