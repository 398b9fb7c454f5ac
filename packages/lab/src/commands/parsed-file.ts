import { readFile, stat } from 'node:fs/promises'

/** A result of one run is smaller; a comparison may be larger than a string can be. */
const MAX_BYTES = 256 * 1024 * 1024

/** The JSON value of a file, to find out what it is; `undefined` if it cannot be read. */
export async function parsedFile(path: string): Promise<unknown> {
  try {
    const { size } = await stat(path)
    return size > MAX_BYTES ? undefined : JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}
