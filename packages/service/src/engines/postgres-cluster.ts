import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from './engine.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import type { PostgresUser } from './postgres-user.ts'

/** The folder of a cluster, with the programs and the user that work on it. */
export interface Server {
  /** Contains `cluster` (PostgreSQL's data), `password`, `postgres.log`, `lock` and `owner.pid`. */
  readonly dataDir: string
  readonly binaries: PostgresBinaries
  readonly user: PostgresUser
}

/**
 * What keeps the values of statements out of the log, whatever else a user lets it contain: customer ids and keys. Also for
 * clusters that exist.
 */
export const QUIET_LOG = {
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  // The detail of an error quotes the values of a key or a row.
  log_error_verbosity: 'terse',
} as const

/** The superuser of the cluster, and the database that the service uses. */
export const USER = 'pushcart'
export const DATABASE = 'pushcart'

/**
 * Settings other than PostgreSQL's defaults. None of them trades safety for speed (fsync, synchronous_commit and
 * full_page_writes stay on). Shared buffers keep the default of 128 MB, which is allocated as it is used. A max_wal_size below
 * the default of 1 GB reduced the throughput of adds by a fifth.
 */
const SETTINGS = {
  // This machine only, without Unix sockets, whose paths must be short.
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // No replicas and no backups: fewer processes and less log.
  wal_level: 'minimal',
  max_wal_senders: '0',
  // Plans that were made while the tables were empty are used until statistics replace them: by default up to a minute, in which
  // an add to one of 20,000 carts took 12 ms of CPU.
  autovacuum_naptime: '5s',
  max_logical_replication_workers: '0',
  // Callers compute all times; this affects the server's log only.
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const

/**
 * Creates the cluster if it is missing: initdb writes into a folder beside it, which is renamed when it is complete, so that
 * an interrupted start leaves no incomplete cluster.
 *
 * @returns the random password of `USER`, from the file `password`, which only its owner can read
 */
export async function ensureCluster({ dataDir, binaries, user }: Server): Promise<string> {
  const clusterDir = join(dataDir, 'cluster')
  const passwordFile = join(dataDir, 'password')
  if (await exists(join(clusterDir, 'PG_VERSION'))) return readPassword(passwordFile)
  const unfinished = join(dataDir, 'cluster.new')
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o700 })
  await user.own(unfinished)
  await rm(passwordFile, { force: true })
  await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 })
  await user.own(passwordFile)
  const { code, output } = await user.run(binaries.initdb, [
    `--pgdata=${unfinished}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    ...Object.entries(SETTINGS).map(([name, value]) => `--set=${name}=${value}`),
  ])
  if (code !== 0) {
    await rm(unfinished, { recursive: true, force: true })
    throw new EngineError(`PostgreSQL's initdb failed in ${dataDir}: ${reasonOf(output)}`)
  }
  await rename(unfinished, clusterDir)
  return readPassword(passwordFile)
}

async function readPassword(passwordFile: string): Promise<string> {
  return (await readFile(passwordFile, 'utf8')).trim()
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )
}

/** The line of PostgreSQL's output with the reason of a failure, without its prefix. */
export function reasonOf(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const full = lines.find((line) => line.includes('No space left on device'))
  if (full !== undefined) return `the disk is full (${withoutPrefix(full)})`
  const index = lines.findIndex((line) => /\b(FATAL|PANIC|error):/.test(line))
  const reason = lines[index] ?? lines.at(-1) ?? 'no output'
  const detail = lines[index + 1]?.match(/DETAIL:\s+(.*)/)?.[1]
  return detail === undefined ? withoutPrefix(reason) : `${withoutPrefix(reason)}: ${detail}`
}

function withoutPrefix(line: string): string {
  return line.replace(/^.*?\b(FATAL|PANIC|LOG|WARNING|ERROR|error):\s+/, '').trim()
}
