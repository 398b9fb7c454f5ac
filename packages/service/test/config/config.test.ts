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
    [{ PORT: 'x', LOG_LEVEL: 'loud' }, /^PORT .*; LOG_LEVEL .*\(got "loud"\)$/],
  ])('%j stops the start with one line', (env, message) => {
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
