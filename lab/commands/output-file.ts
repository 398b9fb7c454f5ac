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
 * Makes a folder and whatever is missing above it. Not `mkdir` with `recursive`: that never comes back where a folder can
 * be looked up but nothing made in it, as in /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  const error = await tryFolder(path)
  if (error === undefined) return
  const above = dirname(path)
  if (error.code !== 'ENOENT' || above === path) throw error
  await makeFolder(above)
  const again = await tryFolder(path)
  if (again !== undefined) throw again
}

/** Why there is no such folder now; `undefined` if there is. */
async function tryFolder(path: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path)
  } catch (error) {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    )
    return isFolder ? undefined : (error as NodeJS.ErrnoException)
  }
  return undefined
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
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOENT: 'nothing can be made there',
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
