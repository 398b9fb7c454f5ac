import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, extname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import { fileErrorReason } from '../errors/file-error.ts'
import { firstMistake } from '../errors/first-mistake.ts'
import { UsageError } from '../errors/usage-error.ts'
import { type Api, ApiSchema } from './api.ts'

/** The API files of the package. */
const SHIPPED = new URL('../../apis/', import.meta.url)

const isApi = new Ajv({ allErrors: true }).compile<Api>(ApiSchema)

/** An API, and the module that it comes from, if it does. */
export interface FoundApi {
  readonly api: Api
  readonly module?: string | undefined
}

/**
 * Reads an API file (JSON or YAML), imports a module, or takes a shipped API by its name.
 *
 * @throws UsageError in one line with the first mistake and its place in the file
 */
export async function readApi(name: string): Promise<FoundApi> {
  if (['.ts', '.mts', '.js', '.mjs'].includes(extname(name)))
    return { api: await importApi(resolve(name)), module: resolve(name) }
  const found = await readExtended(pathOf(name, process.cwd()), [])
  if (!isApi(found))
    throw new UsageError(
      `api: ${name}: ${firstMistake(isApi.errors, 'not the description of an API')}`,
    )
  return { api: found }
}

/** @throws UsageError as `readApi` */
export async function importApi(path: string): Promise<Api> {
  const module: { default?: unknown } = await import(pathToFileURL(path).href).catch((error) => {
    const [line] = String(error instanceof Error ? error.message : error).split('\n')
    throw new UsageError(`api: ${path}: ${line}`)
  })
  const api = module.default
  // A function stands where the schema of files has a text.
  const texts = JSON.parse(
    JSON.stringify(api ?? null, (_, value) => (typeof value === 'function' ? '' : value)),
  )
  if (!isApi(texts))
    throw new UsageError(
      `api: ${path}: ${firstMistake(isApi.errors, 'not the description of an API')}`,
    )
  return api as Api
}

/** The names of the shipped APIs. */
export function shippedApis(): string[] {
  return readdirSync(SHIPPED).map((file) => file.replace(/\.yaml$/, ''))
}

function pathOf(name: string, folder: string): string {
  const path = resolve(folder, name)
  if (!/^[\w-]+$/.test(name)) return path
  const shipped = fileURLToPath(new URL(`${name}.yaml`, SHIPPED))
  return existsSync(shipped) ? shipped : path
}

/** The content of a file, with that of the file it extends. */
async function readExtended(path: string, below: readonly string[]): Promise<unknown> {
  if (below.includes(path)) throw new UsageError(`api: ${path} extends itself`)
  const content = await readDocument(path)
  if (!isRecord(content) || typeof content.extends !== 'string') return content
  const { extends: from, ...changes } = content
  const base = await readExtended(pathOf(from as string, dirname(path)), [...below, path])
  return merged(base, changes)
}

async function readDocument(path: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const shipped = extname(path) === '' ? `; shipped APIs are ${shippedApis().join(', ')}` : ''
    throw new UsageError(`api: ${path}: ${fileErrorReason(error)}${shipped}`)
  }
  const { parse } = await import('yaml')
  try {
    return parse(text)
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n')
    throw new UsageError(`api: ${path}: ${line}`)
  }
}

/** Objects field by field; null removes a field; anything else replaces what was there. */
function merged(base: unknown, changes: unknown): unknown {
  if (!isRecord(base) || !isRecord(changes)) return changes
  const fields = { ...base }
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) delete fields[name]
    else fields[name] = name === 'body' ? change : merged(fields[name], change)
  }
  return fields
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
