import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, it } from 'vitest'
import { useFolder } from '../../../../test/support/folder.ts'
import { startPostgresEngine } from '../../src/engines/postgres-engine.ts'

const folder = useFolder()
const PLANTED = 'customer-5f1c9e27'

it('logs slow and failing statements without their values', async () => {
  const dataDir = join(folder, 'postgres')
  const engine = await startPostgresEngine({ dataDir })
  const client = new pg.Client({ connectionString: engine.settings.DATABASE_URL })
  try {
    await client.connect()
    await client.query('set log_min_duration_statement = 0')
    await client.query('create table planted (id text primary key)')
    await client.query('insert into planted values ($1)', [PLANTED])
    await expect(client.query('insert into planted values ($1)', [PLANTED])).rejects.toMatchObject({
      code: '23505',
    })
  } finally {
    await client.end()
    await engine.stop()
  }
  const log = await readFile(join(dataDir, 'postgres.log'), 'utf8')
  expect(log).toContain('insert into planted values ($1)')
  expect(log).toContain('duplicate key value')
  expect(log).not.toContain(PLANTED)
})
