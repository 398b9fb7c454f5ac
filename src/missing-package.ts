import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/**
 * What to do about a package that could not be loaded, in one line; `undefined` when `error` is another one. The
 * packages of the reports and of the embedded databases are optional peers of the packed package, because most who install
 * the service need none of them.
 */
export function explainMissingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) return
  const name = /^Cannot find package '([^']+)'/.exec(error.message)?.[1]
  if (name === undefined) return
  const range = optionalPeers()[name]
  return `this needs the package ${name}: npm install ${range === undefined ? name : `'${name}@${range}'`}`
}

function optionalPeers(): Partial<Record<string, string>> {
  const manifest = findPackageJSON(import.meta.url)
  return manifest === undefined
    ? {}
    : (JSON.parse(readFileSync(manifest, 'utf8')).peerDependencies ?? {})
}
