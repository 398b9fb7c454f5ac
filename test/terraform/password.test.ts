import pg from 'pg'
import { expect, it } from 'vitest'
import { openPool } from '../../packages/service/src/store/postgres/connection.ts'
import { containers } from '../../scripts/terraform/documents.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { mockedDeployment } from './deployment.ts'

/** Has characters that RDS uses in passwords and that a URL would have to escape. */
const PASSWORD = "R(4s]x#k?%:e~&'"

it('connects by a URL without a password, with the PGPASSWORD that a task gets from its secret', async () => {
  const postgres = containers(mockedDeployment()).find(({ task }) => task.index === 'postgres')
  expect(Object.keys(postgres?.secrets ?? {})).toEqual(['PGPASSWORD'])
  const database = await createTestDatabase()
  const role = `task_${process.pid}`
  await database.query(`create role ${role} login password ${pg.escapeLiteral(PASSWORD)}`)
  const url = new URL(database.url)
  url.username = role
  url.password = ''
  const before = process.env.PGPASSWORD
  try {
    process.env.PGPASSWORD = PASSWORD
    expect(await whoConnects(url.href)).toBe(role)
    process.env.PGPASSWORD = 'another'
    await expect(whoConnects(url.href)).rejects.toThrow(/password authentication failed/)
  } finally {
    if (before === undefined) delete process.env.PGPASSWORD
    else process.env.PGPASSWORD = before
    await database.query(`drop role ${role}`)
    await database.drop()
  }
})

async function whoConnects(databaseUrl: string): Promise<unknown> {
  const { pool } = openPool({ databaseUrl })
  try {
    return (await pool.query('select current_user as name')).rows[0].name
  } finally {
    await pool.end()
  }
}
