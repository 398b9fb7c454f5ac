import pg from 'pg'

/** Runs one statement on a connection that is closed afterwards. Numbers are strings or numbers, as `pg` returns them. */
export async function query(
  url: string | undefined,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql, [...values])).rows
  } finally {
    await client.end()
  }
}
