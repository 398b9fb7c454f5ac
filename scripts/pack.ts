import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `npm run pack`: builds every package and writes its tarball to build/tarballs/.
 *
 * The checkout runs TypeScript, so the manifests there export `.ts` files. Node does not strip types below
 * node_modules: a published package therefore carries compiled JavaScript, its types, and a manifest whose exports,
 * executables and versions of the other packages are derived from the one in the checkout.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** What is packed: the folder of the package in the checkout. The first ones are needed by the later ones. */
export const PACKAGES = [
  'packages/client',
  'packages/histories',
  'packages/service',
  'packages/lab',
  '.',
] as const

interface Manifest {
  readonly name: string
  readonly version: string
  readonly exports: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
}

/**
 * Builds and packs everything.
 *
 * @param build      folder for the compiled code, the packages as they are published, and `tarballs/`; emptied first
 * @param repository see `publishedManifest`
 * @returns the tarball of each package, by package name
 * @throws when the code does not compile or npm fails
 */
export function packAll(build: string, repository?: string): Map<string, string> {
  rmSync(build, { recursive: true, force: true })
  const compiledFolder = join(build, 'js')
  compile(compiledFolder)
  const tarballs = join(build, 'tarballs')
  mkdirSync(tarballs)
  return new Map(
    PACKAGES.map((folder) => {
      const manifest = readManifest(join(ROOT, folder))
      const staged = join(build, 'packages', manifest.name)
      stage(folder, publishedManifest(manifest, folder, repository), compiledFolder, staged)
      const pack = ['pack', '--json', '--pack-destination', tarballs]
      const output = execFileSync('npm', pack, { cwd: staged, encoding: 'utf8' })
      return [manifest.name, join(tarballs, filenameIn(output))]
    }),
  )
}

function compile(folder: string): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  const project = ['-p', join(ROOT, 'tsconfig.build.json'), '--outDir', folder]
  execFileSync(process.execPath, [tsc, ...project], { stdio: 'inherit' })
  // tsc rewrites imports in JavaScript, but neither in declarations nor in the address of a worker or a process.
  rewrite(folder, '**/*.js', /(new URL\('\.[^']+)\.ts(?=', import\.meta\.url\))/g)
  rewrite(folder, '**/*.d.ts', /((?:from |import\()['"]\.[^'"]+)\.ts(?=['"])/g)
}

function rewrite(folder: string, files: string, address: RegExp): void {
  for (const file of globSync(files, { cwd: folder })) {
    const path = join(folder, file)
    const text = readFileSync(path, 'utf8').replace(address, '$1.js')
    if (/['"`]\.{1,2}\/[^'"`]*\.ts['"`]/.test(text))
      throw new Error(`${file} still names a .ts file`)
    writeFileSync(path, text)
  }
}

/** Lays out one package as it is published. */
function stage(folder: string, manifest: object, compiledFolder: string, staged: string): void {
  const source = join(ROOT, folder)
  mkdirSync(staged, { recursive: true })
  const copy = (from: string, to: string) => cpSync(from, join(staged, to), { recursive: true })
  if (folder === '.') {
    for (const file of ['cli.js', 'cli.d.ts']) copy(join(compiledFolder, file), `dist/${file}`)
    copy(join(source, 'bin'), 'bin')
  } else {
    copy(join(compiledFolder, folder, 'src'), 'dist')
    if (existsSync(join(source, 'apis'))) copy(join(source, 'apis'), 'apis')
    // tsc leaves other files behind: migrations, schemas, prices.
    for (const file of globSync('**/*.*', { cwd: join(source, 'src') }))
      if (!file.endsWith('.ts')) copy(join(source, 'src', file), `dist/${file}`)
  }
  const pages = folder === '.' ? ['README.md'] : globSync('*.md', { cwd: source })
  for (const page of pages) copy(join(source, page), page)
  copy(join(ROOT, 'LICENSE'), 'LICENSE')
  writeFileSync(join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

/**
 * The manifest of a published package: compiled files in place of sources, versions in place of workspaces.
 *
 * @param folder     of the package in the checkout
 * @param repository its URL, such as `https://github.com/owner/name`. npm refuses a package with provenance whose manifest
 *                   names no repository or another one
 */
export function publishedManifest(manifest: Manifest, folder: string, repository?: string): object {
  const {
    scripts: _scripts,
    workspaces: _workspaces,
    devDependencies: _tools,
    files: _files,
    ...kept
  } = manifest as Manifest & Record<string, unknown>
  return {
    ...kept,
    ...(repository !== undefined && {
      repository: {
        type: 'git',
        url: `git+${repository}.git`,
        ...(folder !== '.' && { directory: folder }),
      },
    }),
    exports: mapValues(manifest.exports, (file) =>
      file.endsWith('.ts')
        ? { types: compiled(file, '.d.ts'), default: compiled(file, '.js') }
        : file,
    ),
    ...(manifest.bin && { bin: mapValues(manifest.bin, (file) => compiled(file, '.js')) }),
    ...(manifest.dependencies && {
      dependencies: mapValues(manifest.dependencies, (range, name) =>
        name.startsWith('@pushcart/') ? `^${manifest.version}` : range,
      ),
    }),
    files: ['apis', 'bin', 'dist', '*.md'],
  }
}

function compiled(file: string, ending: string): string {
  return file.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, ending)
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** npm 10 prints a list of packed packages, npm 11 the same by name. */
function filenameIn(output: string): string {
  const packed: unknown = JSON.parse(output)
  const [first] = Object.values(packed as Record<string, { readonly filename: string }>)
  if (first === undefined) throw new Error('npm pack has packed nothing')
  return first.filename.replace(/^@/, '').replaceAll('/', '-')
}

if (import.meta.main) {
  // Set in GitHub's workflows.
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: path } = process.env
  const repository = server && path ? `${server}/${path}` : undefined
  for (const [name, tarball] of packAll(join(ROOT, 'build'), repository))
    process.stdout.write(`${name}: ${tarball}\n`)
}
