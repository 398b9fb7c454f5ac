import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome')

/** A tree that holds the linter's configuration and whatever a test plants. */
let tree: string
beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'pushcart-lint-'))
  for (const file of ['biome.json', 'biome.layout.json'])
    await cp(join(ROOT, file), join(tree, file))
})
afterEach(() => rm(tree, { recursive: true, force: true }))

interface Diagnostic {
  readonly category: string
  readonly location: { readonly path: string | { readonly file: string } }
}

/** Plants files and returns those that the linter refuses on account of their imports, sorted. */
async function refused(files: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(tree, file)), { recursive: true })
    await writeFile(join(tree, file), text)
  }
  const only = ['--only=style/noRestrictedImports', '--only=suspicious/noImportCycles']
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [
        BIOME,
        'lint',
        '--vcs-enabled=false',
        '--reporter=json',
        '--max-diagnostics=none',
        ...only,
        'packages',
      ],
      { cwd: tree, maxBuffer: 50_000_000 },
      (_error, out) => resolve(out),
    )
  })
  const { diagnostics }: { diagnostics: readonly Diagnostic[] } = JSON.parse(output)
  const paths = diagnostics
    .filter(({ category }) => /noRestrictedImports|noImportCycles/.test(category))
    .map(({ location: { path } }) => (typeof path === 'string' ? path : path.file))
  return [...new Set(paths)].sort()
}

/** The rooms of a package in the order of the table in its README, lowest first. */
async function roomsOf(name: string): Promise<string[]> {
  const readme = await readFile(join(ROOT, 'packages', name, 'README.md'), 'utf8')
  return [...readme.matchAll(/^\| `([\w-]+)\/` \|/gm)].map(([, room = '']) => room)
}

const importing = (specifier: string) => `import '${specifier}'\n`

describe('the linter', () => {
  it('refuses a cycle, also one of types alone', async () => {
    const files = {
      'packages/lab/src/stats/a.ts': "import { b } from './b.ts'\nexport const a = () => b\n",
      'packages/lab/src/stats/b.ts': "import { a } from './a.ts'\nexport const b = () => a\n",
      'packages/client/src/c.ts': "import type { D } from './d.ts'\nexport type C = { d: D }\n",
      'packages/client/src/d.ts': "import type { C } from './c.ts'\nexport type D = { c: C }\n",
    }
    expect(await refused(files)).toEqual(Object.keys(files).sort())
  })

  it.each(['lab', 'service'])('keeps the order of the rooms in %s', async (name) => {
    const rooms = await roomsOf(name)
    const upward: Record<string, string> = {}
    const downward: Record<string, string> = {}
    rooms.forEach((lower, index) => {
      for (const higher of rooms.slice(index + 1)) {
        upward[`packages/${name}/src/${lower}/deep/to-${higher}.ts`] = importing(
          `../../${higher}/x.ts`,
        )
        if (higher !== 'report')
          downward[`packages/${name}/src/${higher}/to-${lower}.ts`] = importing(`../${lower}/x.ts`)
      }
    })
    expect(await refused({ ...upward, ...downward })).toEqual(Object.keys(upward).sort())
  })

  it('knows every room', async () => {
    for (const name of ['lab', 'service']) {
      const folders = await readdir(join(ROOT, 'packages', name, 'src'), { withFileTypes: true })
      const rooms = folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
      expect((await roomsOf(name)).sort()).toEqual(rooms.sort())
    }
  })

  it('lets the report see results and the model, and nothing that measures', async () => {
    const measuring = ['load', 'services', 'faults', 'consistency', 'quick', 'compare', 'commands']
    const read = ['errors', 'terminal', 'page', 'stats', 'results', 'model']
    const planted = Object.fromEntries(
      [...measuring, ...read].map((room) => [
        `packages/lab/src/report/to-${room}.ts`,
        importing(`../${room}/x.ts`),
      ]),
    )
    expect(await refused(planted)).toEqual(
      measuring.map((room) => `packages/lab/src/report/to-${room}.ts`).sort(),
    )
  })

  it.each([
    ['client', '@pushcart/service'],
    ['client', '../../histories/src/index.ts'],
    ['histories', '@pushcart/lab'],
    ['histories', '../../service/src/cart/cart.ts'],
    ['service', '@pushcart/lab'],
    ['service/src/http', '@pushcart/client'],
    ['service/src/http', '../../../lab/src/index.ts'],
    ['lab/src/load', '@pushcart/service'],
    ['lab/src/load', '@pushcart/client'],
    ['lab/src/load', '../../../service/src/engines/index.ts'],
    ['lab/src/load', '../../../histories/src/index.ts'],
  ])('refuses in %s an import of %s', async (place, specifier) => {
    const folder = place.includes('/src') ? place : `${place}/src`
    const file = `packages/${folder}/planted.ts`
    expect(await refused({ [file]: importing(specifier) })).toEqual([file])
  })

  it('lets the lab import the histories and, of the service, the engines', async () => {
    const files = {
      'packages/lab/src/faults/a.ts': importing('@pushcart/service/engines'),
      'packages/lab/src/commands/b.ts': importing('@pushcart/histories'),
    }
    expect(await refused(files)).toEqual([])
  })
})
