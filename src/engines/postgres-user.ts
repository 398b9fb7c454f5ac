import { execFile, spawn } from 'node:child_process'
import { access, chown, constants, realpath, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { EngineError } from './engine.ts'

/** Runs PostgreSQL's programs as a user that PostgreSQL accepts. */
export interface PostgresUser {
  run(program: string, args: readonly string[]): Promise<{ code: number | null; output: string }>
  /** Makes this user the owner of a file or folder. */
  own(path: string): Promise<void>
}

/**
 * Chooses the user for PostgreSQL. An ordinary user runs it under their own account. PostgreSQL refuses root, so root runs it
 * as the owner of the data, initially `nobody`, so that no account has to be created.
 *
 * @param clusterDir PostgreSQL's data; may not exist yet
 * @param paths      existing folders and files that PostgreSQL must be able to access
 */
export async function choosePostgresUser(
  clusterDir: string,
  paths: readonly string[],
): Promise<PostgresUser> {
  if (process.getuid?.() !== 0)
    return { run: (...call) => run(asMyself(...call)), own: async () => {} }
  const ids = await unprivilegedOwner(clusterDir)
  const own = (path: string) => chown(path, ids.uid, ids.gid)
  if ((await Promise.all(paths.map(everyoneReaches))).every(Boolean))
    return { run: (program, args) => run({ program, args, ...ids }), own }
  if (!(await isInstalled('setpriv')))
    throw new EngineError(
      'PostgreSQL does not run as root, and other users may not enter this folder: run pushcart as an ordinary user, or move it to a folder that all users may enter.',
    )
  return { run: (program, args) => run(withFolderAccess(program, args, ids)), own }
}

interface Call {
  readonly program: string
  readonly args: readonly string[]
  readonly uid?: number
  readonly gid?: number
}

/**
 * initdb requires that its user has a name, which a bare id (`docker run --user 1234`) does not have. Inside a user namespace
 * the same user has the name of user 65534. The server itself does not require a name.
 */
function asMyself(program: string, args: readonly string[]): Call {
  try {
    userInfo()
    return { program, args }
  } catch {
    if (!/initdb$/.test(program)) return { program, args }
    return { program: 'unshare', args: ['--user', '--map-user=65534', program, ...args] }
  }
}

/**
 * Other users may not enter a checkout below /root. So the program keeps the one capability that bypasses permissions of
 * folders. `no_setuid_fixup` is required because access(2), with which initdb and pg_ctl look for their programs, otherwise
 * ignores the capabilities of a user other than root.
 */
function withFolderAccess(program: string, args: readonly string[], ids: Ids): Call {
  const become = ['--reuid', `${ids.uid}`, '--regid', `${ids.gid}`, '--clear-groups']
  const keep = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  const flags = [...become, '--securebits=+no_setuid_fixup', ...keep]
  return { program: 'setpriv', args: [...flags, '--', program, ...args] }
}

/**
 * Detached, so that Ctrl-C reaches the service but not PostgreSQL, because the service drains its requests first. Resolves
 * when the program exits, not when its output closes, because on Windows the server inherits the output of pg_ctl.
 */
function run({ program, args, ...ids }: Call): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...ids,
      detached: process.platform !== 'win32',
      windowsHide: true,
      env: plainEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const collect = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', reject)
    child.on('exit', (code) => setImmediate(() => resolve({ code, output: output.trim() })))
  })
}

/** Without the user's PG* variables, which would affect this database; in English, because messages are parsed. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))
  return { ...Object.fromEntries(kept), LC_ALL: 'C' }
}

type Ids = { readonly uid: number; readonly gid: number }

async function unprivilegedOwner(clusterDir: string): Promise<Ids> {
  const owner = await stat(clusterDir).catch(() => undefined)
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const id = async (flag: string) =>
    Number((await promisify(execFile)('id', [flag, 'nobody'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}

/** Whether every user may enter `path` (a folder) or run it (a program). */
async function everyoneReaches(path: string): Promise<boolean> {
  for (let place = await realpath(path); ; place = dirname(place)) {
    if (((await stat(place)).mode & 0o001) === 0) return false
    if (place === dirname(place)) return true
  }
}

async function isInstalled(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const found = folders.map((folder) => access(join(folder, program), constants.X_OK))
  return (await Promise.allSettled(found)).some(({ status }) => status === 'fulfilled')
}
