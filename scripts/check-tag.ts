import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * `node scripts/check-tag.ts v1.2.3`: the tag of a release must be `v` and the version of every package. Exits with 1 and
 * a line for each package of another version. Needs no installed packages.
 */

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const [tag = ''] = process.argv.slice(2)

const problems = globSync(['package.json', 'packages/*/package.json'], { cwd: ROOT })
  .map((file) => ({ file, version: versionOf(`${ROOT}/${file}`) }))
  .filter(({ version }) => tag !== `v${version}`)
  .map(({ file, version }) => `${file} has version ${version}, the tag is "${tag}"`)

for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1

function versionOf(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version
}
