import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { pathToFileURL } from 'node:url'

const NOT_FOUND = /^Cannot find package '([^']+)'(?: imported from (.+))?/

/**
 * How to install a package that could not be loaded, in one line; `undefined` when `error` is another error. The
 * packages of the reports and of the embedded databases are optional peers, because most installations of the service
 * need none of them; the version comes from the manifest of the package that imports it.
 */
export function explainMissingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) return
  const [, name, importer] = NOT_FOUND.exec(error.message) ?? []
  if (name === undefined) return
  const range = importer === undefined ? undefined : optionalPeers(importer)[name]
  const wanted = range === undefined ? name : `'${name}@${range}'`
  return `missing package ${name}; install it with: npm install ${wanted}`
}

function optionalPeers(importer: string): Partial<Record<string, string>> {
  const manifest = findPackageJSON(pathToFileURL(importer))
  return manifest === undefined
    ? {}
    : (JSON.parse(readFileSync(manifest, 'utf8')).peerDependencies ?? {})
}
