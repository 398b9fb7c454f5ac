import type pg from 'pg'

/**
 * Makes a query of a client; a timeout, in milliseconds, is this query's instead of the client's. The pool passes a callback, which then
 * gets the outcome too.
 */
export type TimedQuery = (
  query: string | (pg.QueryConfig & { readonly query_timeout?: number }),
  values?: unknown[],
  callback?: Callback,
) => Promise<pg.QueryResult>

type Callback = (error: Error | null | undefined, result?: pg.QueryResult) => void

/**
 * The queries of `client`, with a promise and a timeout of our own instead of those of `pg`, which assign a function to a property of the
 * query. V8 puts such functions into the old generation, where they keep their query and its rows until the next major collection: of what
 * a loop of queries allocates, a third then survives the minor collections, and with functions that are passed a thousandth (pg 8.23,
 * Node 26).
 *
 * A query without an answer in time fails with `Query read timeout`, like one of `pg`. The connection is of no use then.
 */
export function timeQueries(client: pg.ClientBase, timeoutMs: number): TimedQuery {
  const send = client.query.bind(client) as (
    query: object,
    values: unknown[] | undefined,
    callback: Callback,
  ) => void
  return (query, values, callback) => {
    const config = typeof query === 'string' ? { text: query } : query
    const { query_timeout: ms = timeoutMs } = config as { query_timeout?: number }
    const outcome = new Promise<pg.QueryResult>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('Query read timeout')), ms)
      send(config, values, (error, result) => {
        clearTimeout(timer)
        if (error) reject(error)
        else resolve(result as pg.QueryResult)
      })
    })
    if (callback !== undefined) outcome.then((result) => callback(undefined, result), callback)
    return outcome
  }
}
