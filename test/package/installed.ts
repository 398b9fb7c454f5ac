import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packAll } from '../../scripts/pack.ts'

export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The packages as a user has them: packed, and installed into an empty project. */
export interface Installed extends AsyncDisposable {
  /** The project. */
  readonly folder: string
  /** The tarballs, by package name. */
  readonly tarballs: ReadonlyMap<string, string>
  /** The environment of its programs: the Node of this checkout, no variables of npm or the service. */
  readonly env: NodeJS.ProcessEnv
  /** Runs a program in the project until it ends. */
  run(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ran>
  write(file: string, text: string): Promise<void>
}

/**
 * Packs and installs, with the versions of this checkout's lock file. What `npm ci` has put into npm's cache suffices:
 * this needs no network, and no new release of a dependency changes what is tested.
 */
export async function installPacked(): Promise<Installed> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pushcart-package-')))
  const folder = join(root, 'shop')
  const env = cleanEnv()
  const run = (program: string, args: readonly string[], extra: NodeJS.ProcessEnv = {}) =>
    new Promise<Ran>((resolve) => {
      const options = { cwd: folder, env: { ...env, ...extra }, maxBuffer: 10_000_000 }
      execFile(program, args, options, (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, out, err })
      })
    })
  const tarballs = packAll(join(root, 'build'))
  const installed = {
    folder,
    tarballs,
    env,
    run,
    write: (file: string, text: string) => writeFile(join(folder, file), text),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
  try {
    await mkdir(folder)
    const dependencies = Object.fromEntries(
      [...tarballs].map(([name, tarball]) => [name, `file:${tarball}`]),
    )
    const project = { private: true, type: 'module', dependencies }
    await installed.write('package.json', JSON.stringify(project))
    await installed.write('package-lock.json', JSON.stringify(await lockFor(root, dependencies)))
    const quick = ['--prefer-offline', '--omit=optional', '--ignore-scripts']
    const { code, out, err } = await run('npm', ['ci', ...quick, '--no-audit', '--no-fund'])
    if (code !== 0) throw new Error(`npm ci failed:\n${out}${err}`)
    return installed
  } catch (error) {
    await installed[Symbol.asyncDispose]()
    throw error
  }
}

interface LockedPackage {
  readonly dev?: true
  readonly devOptional?: true
  readonly link?: true
}

/** A lock file for a project that depends on the packed packages alone. */
async function lockFor(
  root: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<object> {
  const read = async (path: string) => JSON.parse(await readFile(path, 'utf8'))
  const locked: Record<string, LockedPackage> = (await read(join(CHECKOUT, 'package-lock.json')))
    .packages
  const others = Object.entries(locked).filter(
    ([path, { dev, devOptional, link }]) =>
      path !== '' && !/^packages\/[^/]+$/.test(path) && !dev && !devOptional && !link,
  )
  const packed = await Promise.all(
    Object.entries(dependencies).map(async ([name, resolved]) => {
      const manifest = await read(join(root, 'build/packages', name, 'package.json'))
      return [`node_modules/${name}`, { ...manifest, resolved }] as const
    }),
  )
  return {
    lockfileVersion: 3,
    packages: {
      '': { dependencies },
      // What a workspace has for itself, because another package needs another version.
      ...Object.fromEntries(
        others.map(([path, entry]) => [
          path.replace(/^packages\//, 'node_modules/@pushcart/'),
          entry,
        ]),
      ),
      ...Object.fromEntries(packed),
    },
  }
}

function cleanEnv(): NodeJS.ProcessEnv {
  // Under `npm test`, npm has set variables that describe this checkout.
  const foreign =
    /^(npm_(package|lifecycle|command|execpath|node_execpath)|npm_config_(local_)?prefix|INIT_CWD)/
  const settings = /^(AWS_|CART_|DATABASE_|DYNAMODB_|NODE_OPTIONS$|PORT$|HOST$|VITEST)/
  const kept = Object.entries(process.env).filter(
    ([name]) => !foreign.test(name) && !settings.test(name),
  )
  const path = join(CHECKOUT, 'node_modules', '.bin') + delimiter + process.env.PATH
  return { ...Object.fromEntries(kept), PATH: path }
}
