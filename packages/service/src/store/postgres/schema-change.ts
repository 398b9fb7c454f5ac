import type pg from 'pg'

export type Client = Pick<pg.ClientBase, 'query'>

/** Any number that other users of the database do not lock; ours are the letters "cart". */
const LOCK = 0x63617274

/** The timeout of `pg` for a step that may take long: none of ours applies to it. */
const UNHURRIED = { query_timeout: 2 ** 31 - 1 }

/** A statement without a time limit. */
export async function runUnhurried(client: Client, text: string): Promise<void> {
  await client.query({ ...UNHURRIED, text })
}

/** Makes a change of the schema in one transaction, while no other instance makes one. */
export async function changeSchema<T>(client: Client, change: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    await client.query('set local statement_timeout = 0')
    await client.query('set local lock_timeout = 0')
    await runUnhurried(client, `select pg_advisory_xact_lock(${LOCK})`)
    const result = await change()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  }
}
