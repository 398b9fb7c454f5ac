import pg from 'pg'

/** Carts by their home, as the source knows them. */
export interface Populations {
  readonly source: number
  /** On their way. */
  readonly sealed: number
  readonly destination: number
}

/** Counts the carts of a move whose source is an embedded PostgreSQL. */
export interface Census extends AsyncDisposable {
  count(): Promise<Populations>
}

/**
 * The source knows every cart: those in `carts` are at home, and the records of `moving_carts` are sealed or away
 * (docs/moving.md). While carts move, the table `carts` is in a schema of its own.
 *
 * @param url of the source, not through a fault proxy
 */
export function openCensus(url: string): Census {
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    application_name: 'pushcart live',
    options: '-c search_path=public,public_moving',
  })
  // The database may be killed; the next count opens another connection.
  pool.on('error', () => {})
  return {
    async count() {
      const { rows } = await pool.query<Populations>(COUNT)
      return rows[0] ?? { source: 0, sealed: 0, destination: 0 }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  }
}

const COUNT = `select
  (select count(*)::int from carts) as source,
  count(*) filter (where record = 'sealed')::int as sealed,
  count(*) filter (where record = 'away')::int as destination
from moving_carts`
