import type { Member, MoveControl, MoveRecord } from '../residences.ts'
import type { Database, Statement } from './database.ts'

/** The record of a move, its members, and the fence: the table `carts` in a schema that only they look into. */
export function openControl(database: Database): MoveControl {
  return {
    async read() {
      const [row] = await database.run<{ record: MoveRecord }>(READ, [])
      return row?.record
    },
    async write(record, epoch) {
      const values = [record.epoch, JSON.stringify(record), epoch ?? null]
      const rows = await database.run(
        epoch === undefined ? CREATE : REPLACE,
        values.slice(0, epoch === undefined ? 2 : 3),
      )
      return rows.length > 0
    },
    async renew({ id, renewals, epoch }) {
      await database.run(RENEW, [id, renewals, epoch])
    },
    async remove(id, renewals) {
      await database.run(REMOVE, [id, renewals ?? null])
    },
    members: () => database.run<Member>(MEMBERS, []),
    async fence() {
      await database.run(FENCE, [])
    },
    async unfence() {
      await database.run(UNFENCE, [])
    },
  }
}

function reads(name: string, text: string): Statement {
  return { name, text, kind: 'read' }
}

const READ = reads('read_move', 'select record from moving_control')
const CREATE = reads(
  'create_move',
  'insert into moving_control (epoch, record) values ($1, $2) on conflict do nothing returning epoch',
)
const REPLACE = reads(
  'replace_move',
  'update moving_control set epoch = $1, record = $2 where epoch = $3 returning epoch',
)
const RENEW = reads(
  'renew_member',
  `insert into moving_members (member_id, renewals, epoch) values ($1, $2, $3)
   on conflict (member_id) do update set renewals = excluded.renewals, epoch = excluded.epoch`,
)
const REMOVE = reads(
  'remove_member',
  'delete from moving_members where member_id = $1 and ($2::bigint is null or renewals = $2)',
)
const MEMBERS = reads('members', 'select member_id as id, renewals, epoch from moving_members')

/** One at a time: they look for the table, then wait for its lock, while another mover puts it elsewhere. */
const ALONE = `(select pg_advisory_xact_lock(hashtextextended('pushcart.fence', 0)) offset 0) as alone`

const FENCE = reads('fence_carts', `select fence_carts() from ${ALONE}`)
const UNFENCE = reads('unfence_carts', `select unfence_carts() from ${ALONE}`)
