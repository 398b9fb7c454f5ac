import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'

/**
 * `node scripts/keep-release.ts`, run when a release is tagged: keeps its store on PostgreSQL and its contract suite, so that
 * tests of the next release can start it on their schema (packages/service/test/store/postgres/previous-release.test.ts).
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url))

export const KEPT = join(ROOT, 'packages/service/test/store/postgres/previous-release.json.br')

/** The store, its SQL, and its contract. */
const ENTRIES = [
  'packages/service/src/store/postgres/postgres-store.ts',
  'packages/service/test/contract/cart-store-contract.ts',
]
const SQL = 'packages/service/src/store/postgres/{migrations,layouts}/*.sql'

const RELATIVE_IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g

/** The files that the entries need, by their path in the repository. */
export function filesOfRelease(): Map<string, string> {
  const files = new Map<string, string>()
  const waiting = [...ENTRIES, ...globSync(SQL, { cwd: ROOT }).sort()]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue
    const text = readFileSync(join(ROOT, path), 'utf8')
    files.set(path, text)
    for (const [, target = ''] of text.matchAll(RELATIVE_IMPORT))
      waiting.push(normalize(join(path, '..', target)))
  }
  return files
}

if (import.meta.main) {
  const files = filesOfRelease()
  const text = JSON.stringify(Object.fromEntries([...files].sort()))
  writeFileSync(KEPT, brotliCompressSync(text))
  console.log(`kept ${files.size} files`)
}
