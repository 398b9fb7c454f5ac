import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openPostgresStore } from '../../packages/service/src/store/postgres/postgres-store.ts'
import { createTestDatabase } from '../support/postgres.ts'

// The script that a task of terraform/ runs before the service, on PostgreSQL with the roles of RDS: a master user that is no
// superuser, and rds_iam.

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SCRIPT = readFileSync(`${ROOT}/terraform/modules/ecs/application-role.js`, 'utf8')
const PASSWORD = "R(4s]x#k?%:e~&'"
const MASTER = `master_${process.pid}`
const ROLE = `app_${process.pid}`

type Database = Awaited<ReturnType<typeof createTestDatabase>>
let database: Database

beforeEach(async () => {
  database = await createTestDatabase()
  await database.query(
    `do $$ begin create role rds_iam; exception when duplicate_object then null; end $$`,
  )
  await database.query(
    `create role ${MASTER} login createdb createrole password ${pg.escapeLiteral(PASSWORD)}`,
  )
  await database.query(`grant rds_iam to ${MASTER} with admin option, inherit false`)
  await database.query(
    `alter database ${new URL(database.url).pathname.slice(1)} owner to ${MASTER}`,
  )
})

afterEach(async () => {
  // The memberships that the master user granted depend on it.
  await database.query(`revoke rds_iam from ${MASTER} cascade`)
  await database.query(`reassign owned by ${MASTER}, ${ROLE} to current_user`).catch(() => {})
  await database.query(`reassign owned by ${MASTER} to current_user`)
  await database.query(`drop role if exists ${ROLE}`)
  await database.query(`drop role ${MASTER}`)
  await database.drop()
})

function urlOf(user: string): string {
  const url = new URL(database.url)
  url.username = user
  url.password = ''
  return url.href
}

function runScript() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--eval', SCRIPT], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: '', DATABASE_URL: urlOf(MASTER), PGPASSWORD: PASSWORD, APPLICATION_ROLE: ROLE },
  })
  return { status, stdout, stderr }
}

/** The service as this user; creates the schema. */
async function serveAs(user: string): Promise<void> {
  const url = new URL(urlOf(user))
  url.password = encodeURIComponent(PASSWORD)
  const store = await openPostgresStore({ databaseUrl: url.href, migrate: true })
  await store.close()
}

const owners = () =>
  database.query(
    `select distinct pg_get_userbyid(relowner) as owner from pg_class where relnamespace = 'public'::regnamespace`,
  )

it('creates a role that owns the database, logs in by IAM, and has no other rights', async () => {
  expect(runScript()).toMatchObject({ status: 0, stderr: '' })
  const roles = await database.query(
    `select rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, pg_has_role(rolname, 'rds_iam', 'member') as iam
     from pg_roles where rolname = '${ROLE}'`,
  )
  expect(roles).toEqual([
    { rolcanlogin: true, rolsuper: false, rolcreaterole: false, rolcreatedb: false, iam: true },
  ])
  // A token stands in for the password, which PostgreSQL itself lacks.
  await database.query(`alter role ${ROLE} password ${pg.escapeLiteral(PASSWORD)}`)
  await serveAs(ROLE)
  expect(await owners()).toEqual([{ owner: ROLE }])
})

it('takes over what the release before created as the master user, which keeps its rights', async () => {
  await serveAs(MASTER)
  expect(runScript()).toMatchObject({ status: 0, stderr: '' })
  expect(await owners()).toEqual([{ owner: ROLE }])
  // The task of the release before, also after a rollback.
  await serveAs(MASTER)
  expect(runScript()).toMatchObject({ status: 0, stderr: '' })
})

it('reports in one line why it failed, without the password', () => {
  const { status, stderr } = spawnSync(process.execPath, ['--eval', SCRIPT], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { PATH: '', DATABASE_URL: urlOf(MASTER), PGPASSWORD: 'wrong', APPLICATION_ROLE: ROLE },
  })
  expect(status).toBe(1)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(JSON.parse(stderr)).toMatchObject({ level: 60, code: '28P01' })
})
