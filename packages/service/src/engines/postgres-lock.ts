import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EngineError } from './engine.ts'

/**
 * Locks a data folder for this process.
 *
 * It is the operating system's lock on a file, taken through SQLite, because Node has no function for it. The system releases
 * it when the process ends for any reason, so that there are no stale locks.
 *
 * @param dataDir an existing folder
 * @returns a function that releases the lock
 * @throws EngineError that names the folder, and the process that holds the lock or the reason why the file cannot be locked
 */
export async function lockFolder(dataDir: string): Promise<() => void> {
  const ownerFile = join(dataDir, 'owner.pid')
  const lock = await acquire(dataDir, ownerFile)
  try {
    await writeFile(ownerFile, `${process.pid}\n`)
  } catch (error) {
    lock.close()
    throw error
  }
  return () => lock.close()
}

async function acquire(dataDir: string, ownerFile: string): Promise<DatabaseSync> {
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 })
    lock.exec('pragma locking_mode = exclusive; begin exclusive')
    return lock
  } catch (cause) {
    lock?.close()
    const owner = isHeldByAnother(cause)
      ? await readFile(ownerFile, 'utf8').catch(() => 'unknown')
      : undefined
    throw new EngineError(
      owner === undefined
        ? `The data folder ${dataDir} cannot be locked (file lock): ${(cause as Error).message}.`
        : `The data folder ${dataDir} is in use by another pushcart service (pid ${owner.trim()}): stop it or choose another folder.`,
      { cause },
    )
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED; the low byte of an extended code is its primary code (https://sqlite.org/rescode.html). */
const HELD = [5, 6]

/** Any other code, such as SQLITE_FULL (13), SQLITE_IOERR (10) or SQLITE_CANTOPEN (14), says nothing about another process. */
function isHeldByAnother(error: unknown): boolean {
  const code = (error as { readonly errcode?: unknown }).errcode
  return typeof code === 'number' && HELD.includes(code & 0xff)
}
