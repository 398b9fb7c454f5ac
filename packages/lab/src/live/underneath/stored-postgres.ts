import pg from 'pg'
import type { StoredCart } from '../protocol.ts'

/** Reads carts as PostgreSQL stores them: the rows of every table that has the cart's id. */
export interface StoredRows extends AsyncDisposable {
  read(cart: string): Promise<StoredCart | null>
}

/** @param url of the database, not through a fault proxy */
export function openStoredRows(url: string): StoredRows {
  const pool = new pg.Pool({ connectionString: url, max: 1, application_name: 'pushcart live' })
  // The database may be killed; the next read opens another connection.
  pool.on('error', () => {})
  return {
    async read(cart) {
      const tables = await pool.query<{ name: string; columns: string[] }>(
        `select table_name as name, array_agg(column_name::text order by ordinal_position) as columns
           from information_schema.columns join information_schema.tables using (table_schema, table_name)
          where table_schema = current_schema() and table_type = 'BASE TABLE'
          group by table_name having 'cart_id' = any (array_agg(column_name::text))
          order by table_name`,
      )
      const found = []
      for (const { name, columns } of tables.rows) {
        const list = columns.map((column) => pg.escapeIdentifier(column)).join('::text, ')
        const { rows } = await pool.query<string[]>({
          text: `select ${list}::text from ${pg.escapeIdentifier(name)} where cart_id = $1::uuid`,
          values: [cart],
          rowMode: 'array',
        })
        if (rows.length > 0)
          found.push({
            name,
            columns,
            rows: rows.map((row) => row.map((value) => value ?? 'null')),
          })
      }
      return found.length === 0 ? null : { kind: 'tables', tables: found }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  }
}
