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
 * @throws EngineError that names the folder and the process that holds the lock
 */
export async function lockFolder(dataDir: string): Promise<() => void> {
  const ownerFile = join(dataDir, 'owner.pid')
  const lock = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 })
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive')
  } catch (cause) {
    lock.close()
    const owner = await readFile(ownerFile, 'utf8').catch(() => 'unknown')
    throw new EngineError(
      `The data folder ${dataDir} is in use by another pushcart service (pid ${owner.trim()}): stop it or choose another folder.`,
      { cause },
    )
  }
  try {
    await writeFile(ownerFile, `${process.pid}\n`)
  } catch (error) {
    lock.close()
    throw error
  }
  return () => lock.close()
}
