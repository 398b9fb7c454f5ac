import pg from 'pg'
import { afterAll, inject } from 'vitest'

export interface TestDatabase {
  readonly url: string
  /** Runs SQL in the database, past the store. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>
  drop(): Promise<void>
}

let counter = 0

/** A new, empty database in the PostgreSQL of this test run; for one test file or one test. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('postgresAdminUrl')
  const name = `test_${process.pid}_${process.env.VITEST_WORKER_ID ?? 0}_${++counter}`
  await runOn(adminUrl, `create database ${name}`)
  // Tests need no power-cut safety, and not waiting for the disk makes them quicker.
  await runOn(adminUrl, `alter database ${name} set synchronous_commit = off`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    query: (sql, values) => runOn(url.href, sql, values),
    async drop() {
      await runOn(adminUrl, `drop database ${name} with (force)`)
    },
  }
}

/** A database for the tests of one file, dropped after them. */
export async function useDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  afterAll(database.drop)
  return database
}

async function runOn(url: string, sql: string, values?: unknown[]) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows
  } finally {
    await client.end()
  }
}
