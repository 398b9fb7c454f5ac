import { constants } from 'node:fs'
import { access, mkdir, open, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../http/usage-error.ts'

/**
 * Makes sure, before anything is measured, that results can be written to `path`: creates missing parent folders
 * and tries. A file that is there already stays as it is until `writeRecords`.
 *
 * @throws UsageError saying in one line why it cannot be written
 */
export async function prepareOutput(path: string): Promise<void> {
  try {
    await makeFolder(dirname(path))
    const existing = await stat(path).catch(() => undefined)
    if (existing?.isDirectory()) throw new Error('it is a folder')
    if (existing !== undefined) return await access(path, constants.W_OK)
    await (await open(path, 'wx')).close()
    await unlink(path)
  } catch (error) {
    throw new UsageError(`output: cannot write ${path}: ${reasonOf(error)}`)
  }
}

/**
 * Creates a folder and those above it. Not by Node's own `recursive`: in a place where no folder can be made and the
 * system says that the one above is missing, as below /proc, that tries for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return
  if (found === undefined && dirname(path) !== path) await makeFolder(dirname(path))
  await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have made it meanwhile.
    if (error.code !== 'EEXIST' || found !== undefined) throw error
  })
}

/**
 * Writes records as a flat JSON array, one record a line, so that two files can be compared by line.
 *
 * @throws OutputError
 */
export async function writeRecords(path: string, records: readonly object[]): Promise<void> {
  const lines = records.map((record) => `  ${JSON.stringify(record)}`)
  await writeText(path, lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`)
}

/** @throws OutputError */
export async function writeText(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text)
  } catch (error) {
    throw new OutputError(`could not write ${path}: ${reasonOf(error)}`, { cause: error })
  }
}

/** Results could not be written. `message` is one line for the user. */
export class OutputError extends Error {
  override readonly name = 'OutputError'
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOENT: 'no folder can be made there',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
  ENOSPC: 'the disk is full',
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const code = 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? error.message
}
