import { constants } from 'node:fs'
import { access, mkdir, open, realpath, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileErrorReason } from '../errors/file-error.ts'
import { OutputError } from '../errors/lab-error.ts'
import { UsageError } from '../errors/usage-error.ts'

/**
 * Checks before a measurement that `path` can be written: creates missing parent folders and tries to create the file.
 * Leaves an existing file unchanged.
 *
 * @throws UsageError
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
 * Refuses an output that is one of the files that are read: what it holds would be lost.
 *
 * @throws UsageError
 */
export async function refuseInput(output: string, inputs: readonly string[]): Promise<void> {
  const place = (path: string) => realpath(path).catch(() => null)
  const target = await place(output)
  if (target === null) return
  const same = await Promise.all(inputs.map(place))
  if (same.includes(target)) throw new UsageError(`output: ${output} is one of the files to read`)
}

/**
 * Creates a folder and its missing parents. `recursive` of Node loops forever below /proc, where no folder can be
 * created and the system reports the parent as missing.
 */
export async function makeFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory()) return
  if (found === undefined && dirname(path) !== path) await makeFolder(dirname(path))
  await mkdir(path).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have created it meanwhile.
    if (error.code !== 'EEXIST' || found !== undefined) throw error
  })
}

/**
 * The name of the file for a run that ended early: `perf.partial.json` for `perf.json`. An incomplete result never
 * replaces a complete one.
 */
export function partialName(path: string): string {
  return path.replace(/(\.[^./]+)?$/, '.partial$1')
}

/**
 * Writes records as a flat JSON array with one record per line, so that files can be compared line by line.
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

function reasonOf(error: unknown): string {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  return isMissing ? 'no folder can be created there' : fileErrorReason(error)
}
