import { readFile } from 'node:fs/promises'
import { SPARE_CONNECTIONS } from '../http/connections/limits.ts'

/** For the log, the event loop, files of the catalog and keys, the channel to the primary, DNS and the like. */
const OWN = 64
/** Fewer connections than this are hardly meant. */
const EXPECTED = 1000

export interface Descriptors {
  /** Maximum number of connections of clients: what the limit leaves after the database and the process itself. */
  readonly maxConnections: number
  /** What an operator should know about the limit; `undefined` if it suffices. */
  readonly warning: string | undefined
}

/**
 * Divides the file descriptors of this process, so that clients cannot take those of the database.
 *
 * @param limit  maximum number of open files; `undefined` if unknown
 * @param wanted maximum number of connections of clients by the settings
 * @param pool   maximum number of connections to the database
 */
export function divideDescriptors(
  limit: number | undefined,
  wanted: number,
  pool: number,
): Descriptors {
  if (limit === undefined) return { maxConnections: wanted, warning: undefined }
  const left = Math.max(1, limit - pool - OWN - SPARE_CONNECTIONS)
  const maxConnections = Math.min(wanted, left)
  const isLow = maxConnections < Math.min(wanted, EXPECTED)
  return {
    maxConnections,
    warning: isLow
      ? `The limit of ${limit} file descriptors leaves ${maxConnections} for connections of clients: raise it (ulimit -n, LimitNOFILE) or lower the size of the database pool.`
      : undefined,
  }
}

/** The maximum number of open files of this process. Node raises the soft limit to the hard one at its start. */
export async function descriptorLimit(): Promise<number | undefined> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  const [, soft] = /^Max open files\s+(\d+)/m.exec(limits) ?? []
  return soft === undefined ? undefined : Number(soft)
}
