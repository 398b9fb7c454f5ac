import pg from 'pg'
import { createRandom } from '../../lab/random/random.ts'
import { numbered, type Statement } from '../opponents/statement.ts'
import { closedLoop } from './closed-loop.ts'
import type { LoadResult } from './load.ts'
import type { StatementLoad } from './pgbench.ts'

/** Runs one prepared statement through `pg`: `node pg-driver.ts '{"url": ..., "statement": ..., ...}'` prints a `LoadResult`. */
async function drivePg(load: Omit<StatementLoad, 'threads'>): Promise<LoadResult> {
  const { statement, url, clients, seconds } = load
  const { text, names } = numbered(statement.sql)
  const values = drawer(statement, names)
  const connections = Array.from(
    { length: clients },
    () => new pg.Client({ connectionString: url }),
  )
  await Promise.all(connections.map((connection) => connection.connect()))
  const workers = connections.map((connection) => async () => {
    await connection.query({ name: statement.name, text, values: values() })
    return true
  })
  try {
    return await closedLoop(workers, seconds)
  } finally {
    await Promise.all(connections.map((connection) => connection.end()))
  }
}

/** Parameters of each execution. */
function drawer({ drawn, fixed }: Statement, names: readonly string[]): () => number[] {
  const random = createRandom(4)
  return () =>
    names.map((name) => {
      const range = drawn[name]
      return range === undefined ? (fixed[name] ?? 0) : random.integer(...range)
    })
}

if (import.meta.main) {
  const load = JSON.parse(process.argv[2] ?? '{}') as Omit<StatementLoad, 'threads'>
  process.stdout.write(`${JSON.stringify(await drivePg(load))}\n`)
}
