import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The package as a user has it: packed, and installed into a project of its own. */
export interface Installed extends AsyncDisposable {
  /** The project. */
  readonly folder: string
  /** The environment of its programs: this checkout's Node, none of its npm's or the service's variables. */
  readonly env: NodeJS.ProcessEnv
  /** Runs a program in the project to its end. */
  run(program: string, args: readonly string[]): Promise<Ran>
  write(file: string, text: string): Promise<void>
}

/**
 * Packs and installs, with the very versions of this checkout's lock file: what `npm ci` has put into npm's cache is
 * enough, so that this needs no network and no release of somebody else's changes what is tested.
 */
export async function installPacked(): Promise<Installed> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'pushcart-package-')))
  const folder = join(root, 'shop')
  const env = cleanEnv()
  const run = (program: string, args: readonly string[], cwd = folder) =>
    new Promise<Ran>((resolve) => {
      execFile(program, args, { cwd, env, maxBuffer: 10_000_000 }, (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, out, err })
      })
    })
  const must = async (program: string, args: readonly string[], cwd?: string) => {
    const { code, out, err } = await run(program, args, cwd)
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${out}${err}`)
  }
  const installed = {
    folder,
    env,
    run,
    write: (file: string, text: string) => writeFile(join(folder, file), text),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
  try {
    await mkdir(folder)
    await must('npm', ['pack', '--pack-destination', root], CHECKOUT)
    const tarball = (await readdir(root)).find((file) => file.endsWith('.tgz')) ?? ''
    const project = {
      private: true,
      type: 'module',
      dependencies: { pushcart: `file:../${tarball}` },
    }
    await installed.write('package.json', JSON.stringify(project))
    await installed.write('package-lock.json', JSON.stringify(await lockFor(project.dependencies)))
    const quick = ['--prefer-offline', '--omit=optional', '--ignore-scripts']
    await must('npm', ['ci', ...quick, '--no-audit', '--no-fund'])
    return installed
  } catch (error) {
    await installed[Symbol.asyncDispose]()
    throw error
  }
}

/** A lock file for a project that depends on the packed package alone. */
async function lockFor(dependencies: { readonly pushcart: string }): Promise<object> {
  const read = async (file: string) => JSON.parse(await readFile(join(CHECKOUT, file), 'utf8'))
  const own = await read('package.json')
  const { '': _, ...others }: Record<string, LockedPackage> = (await read('package-lock.json'))
    .packages
  const needed = Object.entries(others).filter(
    ([, { dev, devOptional, link }]) => !dev && !devOptional && !link,
  )
  return {
    lockfileVersion: 3,
    packages: {
      '': { dependencies },
      ...Object.fromEntries(needed),
      'node_modules/pushcart': {
        version: own.version,
        resolved: dependencies.pushcart,
        dependencies: own.dependencies,
        optionalDependencies: own.optionalDependencies,
        bin: own.bin,
      },
    },
  }
}

interface LockedPackage {
  readonly dev?: true
  readonly devOptional?: true
  readonly link?: true
}

function cleanEnv(): NodeJS.ProcessEnv {
  // Under `npm test`, npm has told its scripts about this checkout.
  const foreign =
    /^(npm_(package|lifecycle|command|execpath|node_execpath)|npm_config_(local_)?prefix|INIT_CWD)/
  const settings = /^(AWS_|CART_|DATABASE_|DYNAMODB_|NODE_OPTIONS$|PORT$|HOST$|VITEST)/
  const kept = Object.entries(process.env).filter(
    ([name]) => !foreign.test(name) && !settings.test(name),
  )
  const path = join(CHECKOUT, 'node_modules', '.bin') + delimiter + process.env.PATH
  return { ...Object.fromEntries(kept), PATH: path }
}
