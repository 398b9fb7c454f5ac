import { readFileSync, statSync } from 'node:fs'
import { UsageError } from './usage-error.ts'

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOENT: 'no such file',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  ENAMETOOLONG: 'the name is too long',
  ENOSPC: 'the disk is full',
}

/** Why a file could not be read or written, without its path. */
export function fileErrorReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const code = 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? error.message
}

/**
 * The content of a file that the user named.
 *
 * @param what names the file in the error, such as `prices: my-prices.json`
 * @throws UsageError of one line
 */
export function readTextFile(path: string | URL, what: string): string {
  try {
    if (statSync(path).isCharacterDevice()) throw new Error('it is a device, not a file')
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`${what}: ${fileErrorReason(error)}`)
  }
}
