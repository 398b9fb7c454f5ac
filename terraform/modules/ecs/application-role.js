// Runs in the image before the service, in a container of its own that has the password of the master user; the service has
// none. Creates the role of the service, lets it log in by tokens of IAM, and makes it the owner of the database. Does nothing
// if all of that is so. modules/ecs/main.tf passes this text to `node --eval`; test/terraform/application-role.test.ts runs it.

const { Client } = require('pg')

const { DATABASE_URL, APPLICATION_ROLE: role } = process.env

// Tasks start at the same time.
const LOCK = 7_265_210_523

async function prepareRole(client) {
  const name = client.escapeIdentifier(role)
  await client.query(`set lock_timeout = '5s'`)
  await client.query('select pg_advisory_lock($1)', [LOCK])
  if (await isMissing(client, 'select 1 from pg_roles where rolname = $1', [role]))
    await client.query(`create role ${name} login`)
  if (await isMissing(client, `select 1 where pg_has_role($1, 'rds_iam', 'member')`, [role]))
    await client.query(`grant rds_iam to ${name}`)
  // The master user keeps its rights on what it gives away, for the previous release and for operators.
  if (await isMissing(client, `select 1 where pg_has_role(current_user, $1, 'usage')`, [role]))
    await client.query(`grant ${name} to current_user`)
  for (const statement of await gifts(client, name)) await client.query(statement)
}

async function isMissing(client, statement, values) {
  return (await client.query(statement, values)).rowCount === 0
}

// Statements that give the role what the current user owns in this database. Indexes and owned sequences go with their tables.
async function gifts(client, name) {
  const { rows } = await client.query(`
    select format('alter %s %s owner to', kind, identity) as gift from (
      select 0 as place, 'database' as kind, quote_ident(datname) as identity
        from pg_database where datname = current_database() and datdba = current_user::regrole
      union all
      select 1, 'schema', quote_ident(nspname) from pg_namespace where nspowner = current_user::regrole and nspname !~ '^pg_'
      union all
      select 2, case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end, c.oid::regclass::text
        from pg_class c where relowner = current_user::regrole and relkind in ('r', 'p', 'v', 'm', 'S')
          and relnamespace not in (select oid from pg_namespace where nspname ~ '^pg_')
          and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i') and relkind = 'S')
      union all
      select 3, 'routine', p.oid::regprocedure::text from pg_proc p where proowner = current_user::regrole
      union all
      select 4, 'type', t.oid::regtype::text from pg_type t
        where typowner = current_user::regrole and typtype in ('d', 'e') and typnamespace not in (select oid from pg_namespace where nspname ~ '^pg_')
    ) as owned order by place`)
  return rows.map(({ gift }) => `${gift} ${name}`)
}

async function main() {
  const client = new Client({
    connectionString: DATABASE_URL,
    connectionTimeoutMillis: 10_000,
    query_timeout: 60_000,
  })
  await client.connect()
  try {
    await prepareRole(client)
  } finally {
    await client.end()
  }
}

main().then(
  () => console.log(JSON.stringify({ level: 30, msg: 'application role ready', role })),
  (error) => {
    console.error(
      JSON.stringify({
        level: 60,
        msg: 'application role',
        code: error.code,
        error: error.message,
      }),
    )
    process.exitCode = 1
  },
)
