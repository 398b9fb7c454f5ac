import { describe, expect, it } from 'vitest'
import { settingsPage, writtenSettingsPage } from '../scripts/write-settings-doc.ts'
import { loadConfig, SETTINGS } from '../src/config.ts'
import { openStore } from '../src/store/open-store.ts'

describe('settings', () => {
  it('have defaults, and what is set to nothing counts as not set', () => {
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
      'CART_STORE_TYPE must be postgres or dynamodb or memory (it is "mysql")',
    ],
    [{ PORT: '80 80' }, 'PORT must be integer (it is "80 80")'],
    [{ PORT: '1.5' }, 'PORT must be integer (it is "1.5")'],
    [{ PORT: '65536' }, 'PORT must be <= 65535 (it is "65536")'],
    [{ CART_MAX_UNITS: '-1' }, 'CART_MAX_UNITS must be >= 1 (it is "-1")'],
    [{ CURRENCY: 'dollars' }, 'CURRENCY must match pattern "^[A-Z]{3}$" (it is "dollars")'],
    [{ PORT: 'x', LOG_LEVEL: 'loud' }, /^PORT .*; LOG_LEVEL .*\(it is "loud"\)$/],
  ])('%j stops the boot with one line', (env, message) => {
    expect(() => loadConfig(env)).toThrow(message)
  })

  it.each(['postgres', 'dynamodb'])(
    '%s without its own setting stops the boot naming it',
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
