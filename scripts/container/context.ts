import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the Dockerfile, from which an image is built. */
export const CONTEXT = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The paths that .dockerignore lets through. It must be an allow-list, `*` and then `!path` lines without patterns: the
 * only form in which a file of secrets that appears tomorrow stays out.
 *
 * @throws Error for any other form
 */
export function allowedPaths(ignoreFile: string): string[] {
  const [first, ...lines] = ignoreFile
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  if (first !== '*') throw new Error('.dockerignore does not begin with *')
  return lines.map((line) => {
    const path = /^!([\w./-]+)$/.exec(line)?.[1]
    if (path === undefined) throw new Error(`.dockerignore: ${line} is not !path`)
    return path
  })
}

/** Whether one of `paths`, files or folders, holds `file`. */
export function covers(paths: readonly string[], file: string): boolean {
  return paths.some((path) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`))
}

/** What the service needs of the checkout and of its packages. */
export interface Needed {
  /** Paths from the checkout's root. */
  readonly files: readonly string[]
  /** What is imported by a bare name, `node:` left out. */
  readonly packages: readonly string[]
}

const IMPORT = /(?:^|\n)\s*(?:import|export)\s(?!type\s)[^'"]*?from\s+'([^']+)'/g
const LAZY_IMPORT = /\bimport\('([^']+)'\)/g

/**
 * Everything that `pushcart serve` can import: what cli.ts imports at once, all of src/, and what these import in turn.
 * The other commands, which cli.ts imports when they are called, are not among it.
 */
export function neededByService(): Needed {
  const files = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string, lazy: boolean): void => {
    if (files.has(file)) return
    files.add(file)
    const text = readFileSync(join(CONTEXT, file), 'utf8')
    for (const name of importsOf(text, lazy)) {
      if (name.startsWith('.')) visit(relative('.', join(dirname(file), name)), true)
      else if (!name.startsWith('node:')) packages.add(name)
    }
  }
  visit('cli.ts', false)
  for (const file of globSync('src/**/*', { cwd: CONTEXT }))
    if (file.endsWith('.ts') && !file.endsWith('.d.ts')) visit(file, true)
    else if (/\.(sql|json)$/.test(file)) files.add(file)
  return { files: [...files].sort(), packages: [...packages].sort() }
}

function importsOf(text: string, lazy: boolean): string[] {
  const found = [...text.matchAll(IMPORT), ...(lazy ? text.matchAll(LAZY_IMPORT) : [])]
  return found.map(([, name = '']) => name)
}
