import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EngineError } from './engine.ts'

/**
 * Makes this process the only one that works on a data folder.
 *
 * The lock is the operating system's own lock on a file, taken through SQLite because Node has no call
 * for it: it ends with the process however that dies, so there is no stale lock to recognise.
 *
 * @param dataDir an existing folder
 * @returns what gives the folder back
 * @throws EngineError naming the folder and the process that holds it
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
      `The data folder ${dataDir} is in use by another pushcart service (pid ${owner.trim()}): stop that one, or choose another folder.`,
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
