import { chown, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import pg from 'pg'

export interface StandbyOptions {
  /** URL of the primary, as a superuser. Its `wal_level` must be `replica` (see `allowReplication`). */
  readonly primaryUrl: string
  /** The primary's data directory, on this machine. */
  readonly primaryDir: string
  /** The standby's data directory; must not exist. */
  readonly standbyDir: string
  /** Replay delay of the standby, milliseconds. */
  readonly delayMs: number
}

/** Configures a log that a standby can follow; takes effect at the next start of the server. */
export async function allowReplication(url: string): Promise<void> {
  await withClient(url, async (client) => {
    for (const [name, value] of [
      ['wal_level', 'replica'],
      ['max_wal_senders', '4'],
      ['wal_keep_size', '256MB'],
    ]) {
      await client.query(`alter system set ${name} = '${value}'`)
    }
  })
}

/** Not part of a base backup (PostgreSQL documentation, 25.3.4). */
const LEFT_OUT = ['postmaster.pid', 'postmaster.opts', 'pg_replslot', 'pg_wal']

/**
 * Creates the data directory of a hot standby that replays every commit `delayMs` late: a copy of the running primary's,
 * taken between `pg_backup_start` and `pg_backup_stop` like pg_basebackup does. The caller starts the server.
 */
export async function makeStandby(options: StandbyOptions): Promise<void> {
  const { primaryUrl, primaryDir, standbyDir, delayMs } = options
  await mkdir(standbyDir, { recursive: true, mode: 0o700 })
  await withClient(primaryUrl, async (client) => {
    await client.query("select pg_backup_start('standby', true)")
    await cp(primaryDir, standbyDir, {
      recursive: true,
      filter: (source) => source === primaryDir || !LEFT_OUT.includes(basename(source)),
    })
    for (const folder of ['pg_replslot', 'pg_wal/archive_status', 'pg_wal/summaries'])
      await mkdir(join(standbyDir, folder), { recursive: true, mode: 0o700 })
    const { rows } = await client.query('select labelfile from pg_backup_stop(false)')
    await writeFile(join(standbyDir, 'backup_label'), String(rows[0]?.labelfile))
  })
  const { hostname, port, username, password } = new URL(primaryUrl)
  const connection = `host=${hostname} port=${port} user=${username} password=${password}`
  const settings = join(standbyDir, 'postgresql.auto.conf')
  const inherited = await readFile(settings, 'utf8')
  await writeFile(
    settings,
    `${inherited}hot_standby = on\nprimary_conninfo = '${connection}'\nrecovery_min_apply_delay = ${delayMs}\n`,
  )
  await writeFile(join(standbyDir, 'standby.signal'), '')
  await ownAs(primaryDir, standbyDir)
}

/** Lets a running standby replay each commit `delayMs` late from now on. */
export async function delayReplay(standbyUrl: string, delayMs: number): Promise<void> {
  await withClient(standbyUrl, async (client) => {
    await client.query(`alter system set recovery_min_apply_delay = ${delayMs}`)
    await client.query('select pg_reload_conf()')
  })
}

/** PostgreSQL runs as the owner of its data, but files that root copied belong to root. */
async function ownAs(model: string, folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(model)
  const inside = await readdir(folder, { recursive: true })
  await Promise.all(
    [folder, ...inside.map((name) => join(folder, name))].map((path) => chown(path, uid, gid)),
  )
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
