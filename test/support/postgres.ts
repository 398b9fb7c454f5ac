import { afterAll, inject } from 'vitest'
import { query } from './query.ts'

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
  await query(adminUrl, `create database ${name}`)
  // Tests need no power-cut safety, and not waiting for the disk makes them quicker.
  await query(adminUrl, `alter database ${name} set synchronous_commit = off`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    query: (sql, values) => query(url.href, sql, values),
    async drop() {
      await query(adminUrl, `drop database ${name} with (force)`)
    },
  }
}

/** A database for the tests of one file, dropped after them. */
export async function useDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase()
  afterAll(database.drop)
  return database
}
