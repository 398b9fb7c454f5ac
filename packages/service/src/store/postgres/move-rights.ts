import type { Side } from '../../cart/residence.ts'
import type { Database, Statement } from './database.ts'

/**
 * What a session needs for a move, as an operator would grant it. `carts` is in the schema of the release or, during a move, in
 * that of the move.
 */
export async function missingRights(database: Database, role: Side): Promise<string[]> {
  const rows = await database.run<{ what: string }>(MISSING, [role === 'source'])
  return rows.map(({ what }) => what)
}

/** The same for all sessions of one database: when its server started, the database, and a table of a move in its schema. */
export async function identityOf(database: Database): Promise<string> {
  const [row] = await database.run<{ identity: string }>(IDENTITY, [])
  return `postgres ${row?.identity}`
}

const MISSING: Statement = {
  name: 'missing_rights',
  kind: 'read',
  text: `with needed (what, held) as (
    select format('%s on the table %s', privilege, name), has_table_privilege(name, privilege)
    from unnest(array['carts', 'cart_keys', 'cart_merges', 'moving_carts', 'moving_control', 'moving_members']) as name,
         unnest(array['select', 'insert', 'update', 'delete']) as privilege
    union all
    select 'ownership of the table carts', pg_has_role(relowner, 'usage')
    from pg_class where oid = to_regclass('carts') and $1
    union all
    select format('create on the schema %s', current_schema()), has_schema_privilege(current_schema(), 'create') where $1
    union all
    select case when of_move is null then format('create on the database %s', current_database())
           else format('create on the schema %s', of_move) end,
      case when of_move is null then has_database_privilege(current_database(), 'create')
           else has_schema_privilege(of_move, 'create') end
    from (select to_regnamespace(quote_ident(current_schema() || '_moving')) as of_move) as known where $1
  )
  select what from needed where not held`,
}

const IDENTITY: Statement = {
  name: 'identity',
  kind: 'read',
  text: `select format('%s %s %s', extract(epoch from pg_postmaster_start_time()),
    (select oid from pg_database where datname = current_database()), 'moving_carts'::regclass::oid) as identity`,
}
