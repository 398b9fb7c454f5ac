import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { useDatabase } from '../../../../../test/support/postgres.ts'
import { CartError } from '../../../src/cart/errors.ts'
import { ConfigError } from '../../../src/config/config-error.ts'
import { openPool } from '../../../src/store/postgres/connection.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'

const database = await useDatabase()
await (await openPostgresStore({ databaseUrl: database.url, migrate: true })).close()

describe('connecting', () => {
  async function refusal(change: (url: URL) => void): Promise<Error & { code?: string }> {
    const url = new URL(database.url)
    change(url)
    return failureOf(url.href)
  }

  async function failureOf(databaseUrl: string): Promise<Error & { code?: string }> {
    try {
      await (await openPostgresStore({ databaseUrl })).close()
    } catch (error) {
      if (error instanceof CartError || error instanceof ConfigError) return error
      throw error
    }
    throw new Error('it connected')
  }

  it.each(['', 'nonsense', 'mysql://user:s3cret@host/db', 'postgres://user:s3cret@host:port/db'])(
    'reports in one line that %j is not a PostgreSQL URL, without repeating it',
    async (databaseUrl) => {
      const error = await failureOf(databaseUrl)
      expect(error).toBeInstanceOf(ConfigError)
      expect(error.message).toMatch(/^DATABASE_URL: [^\n]+$/)
      expect(error.message).not.toContain('s3cret')
    },
  )

  it('names a missing certificate file', async () => {
    const error = await refusal((url) => {
      url.search = '?sslmode=verify-full&sslrootcert=/no/such/bundle.pem'
    })
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toContain('/no/such/bundle.pem')
  })

  it('does not fall back to an unencrypted connection when the URL requires TLS', async () => {
    const error = await refusal((url) => {
      url.search = '?sslmode=verify-full'
    })
    expect(error.code).toBe('STORE_MISCONFIGURED')
  })

  it('distinguishes a wrong password and a missing database from a missing server', async () => {
    const password = await refusal((url) => {
      url.password = 'wrong'
    })
    const missing = await refusal((url) => {
      url.pathname = '/no_such_database'
    })
    const gone = await refusal((url) => {
      // A port on which no server can listen.
      url.port = '1'
    })
    expect([password.code, missing.code, gone.code]).toEqual([
      'STORE_MISCONFIGURED',
      'STORE_MISCONFIGURED',
      'STORE_UNAVAILABLE',
    ])
    expect(password.message).toBe(
      'The database of DATABASE_URL cannot be used: password authentication failed for user "pushcart"',
    )
    expect(missing.message).toContain('database "no_such_database" does not exist')
    expect(gone.message).toContain('ECONNREFUSED')
  })

  it.each(['startup', 'set'] as const)(
    'applies server options of the URL in addition to its own, and timeouts only from the settings (%s)',
    async (session) => {
      const url = new URL(database.url)
      url.search = '?options=-c%20work_mem%3D5MB%20-c%20enable_mergejoin%3Don&statement_timeout=0'
      url.searchParams.append('lock_timeout', '0')
      const { pool } = openPool({
        databaseUrl: url.href,
        statementTimeoutMs: 2000,
        poolSize: 1,
        session,
      })
      const names = [
        'work_mem',
        'enable_mergejoin',
        'plan_cache_mode',
        'statement_timeout',
        'lock_timeout',
      ]
      const { rows } = await pool.query(
        'select current_setting(name) as value from unnest($1::text[]) with ordinality as asked (name, n) order by n',
        [names],
      )
      await pool.end()
      expect(rows.map(({ value }) => value)).toEqual([
        '5MB',
        'on',
        'force_generic_plan',
        '2s',
        '500ms',
      ])
    },
  )

  it('sets its application name and timeouts, and does not change the global parsers', async () => {
    const store = await openPostgresStore({ databaseUrl: database.url, statementTimeoutMs: 2000 })
    await store.ping()
    const sessions = await database.query(
      `select application_name from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await store.close()
    expect(sessions).toEqual([{ application_name: 'pushcart' }])
    expect(pg.types.getTypeParser(20)('1')).toBe('1')
  })
})
