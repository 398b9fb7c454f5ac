import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import hcl from '@cdktf/hcl2json'
import { at } from '../resources.ts'
import { SOURCE } from '../terraform.ts'

/** Files of a configuration: their text by their path within it. */
export type Files = ReadonlyMap<string, string>

/** One folder of HCL files, put together as Terraform does. */
export interface Folder {
  /** Path within the configuration; `.` for the root. */
  readonly path: string
  /** `resource`, `variable`, `output`, `module`, `locals`, ... as @cdktf/hcl2json gives them, one after another. */
  readonly files: readonly unknown[]
}

/** All files of terraform/ that Terraform reads, without those of tests. */
export function readFiles(): Files {
  const paths = globSync(`${SOURCE}/**/*.tf`).filter(
    (path) => !/\.terraform|override\.tf$/.test(path),
  )
  return new Map(paths.map((path) => [relative(SOURCE, path), readFileSync(path, 'utf8')]))
}

/** Parses files into folders. Rejects with the place of a syntax error. */
export async function parseFolders(files: Files): Promise<Folder[]> {
  const folders = new Map<string, unknown[]>()
  for (const [path, text] of files) {
    const folder = dirname(path)
    folders.set(folder, [...(folders.get(folder) ?? []), await parse(path, text)])
  }
  return [...folders].map(([path, contents]) => ({ path, files: contents }))
}

/** Parsed files by path and text: the tests check the same files over and over, but for one. */
const parsed = new Map<string, Promise<unknown>>()

function parse(path: string, text: string): Promise<unknown> {
  const key = `${path}\n${text}`
  const found = parsed.get(key) ?? hcl.parse(path, text)
  parsed.set(key, found)
  return found
}

/** The blocks of one kind and their bodies: `variable` by name, `resource` by `type.name`. */
export function blocksOf(folder: Folder, kind: string): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const file of folder.files)
    for (const [name, bodies] of entries(at(file, kind)))
      if (kind === 'resource' || kind === 'data')
        for (const [inner, body] of entries(bodies)) found.set(`${name}.${inner}`, at(body, '0'))
      else found.set(name, at(bodies, '0'))
  return found
}

/** The names of a folder's locals. */
export function localsOf(folder: Folder): Set<string> {
  return new Set(
    folder.files.flatMap((file) => {
      const blocks = at(file, 'locals')
      return Array.isArray(blocks) ? blocks.flatMap((block) => Object.keys(block)) : []
    }),
  )
}

/** The folder that a module call names, as a path within the configuration. */
export function sourceOf(folder: Folder, call: unknown): string {
  return join(folder.path, String(at(call, 'source')))
}

export function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
