import { execFile, spawn } from 'node:child_process'
import { access, chown, constants, realpath, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { EngineError } from './engine.ts'

/** Runs PostgreSQL's programs as a user that PostgreSQL accepts, and gives it the files it needs. */
export interface PostgresUser {
  run(program: string, args: readonly string[]): Promise<{ code: number | null; output: string }>
  /** Makes a file or folder this user's own. */
  own(path: string): Promise<void>
}

/**
 * Who PostgreSQL runs as. An ordinary user runs it as themselves. PostgreSQL refuses root, so root runs
 * it as the owner of the data, which at first is `nobody`: no account has to be made.
 *
 * @param clusterDir where PostgreSQL keeps its files; may not exist yet
 * @param paths      existing folders and files that PostgreSQL must be able to reach
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
      'PostgreSQL does not run as root, and no other user may enter this folder: run pushcart as an ordinary user, or move it to a folder that all may enter.',
    )
  return { run: (program, args) => run(behindClosedDoors(program, args, ids)), own }
}

interface Call {
  readonly program: string
  readonly args: readonly string[]
  readonly uid?: number
  readonly gid?: number
}

/**
 * initdb wants its user to have a name, which a bare number (`docker run --user 1234`) has not; inside
 * a user namespace the same user goes by the name of 65534. The server itself needs no name.
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
 * A checkout below /root is closed to everybody else, and moving it is not ours to do. So the one
 * capability that walks through closed folders is kept; `no_setuid_fixup` is needed because access(2),
 * with which initdb and pg_ctl look for their programs, otherwise ignores capabilities of a user that
 * is not root.
 */
function behindClosedDoors(program: string, args: readonly string[], ids: Ids): Call {
  const become = ['--reuid', `${ids.uid}`, '--regid', `${ids.gid}`, '--clear-groups']
  const keep = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  const flags = [...become, '--securebits=+no_setuid_fixup', ...keep]
  return { program: 'setpriv', args: [...flags, '--', program, ...args] }
}

/**
 * Detached, so that Ctrl-C at the terminal reaches the service and not PostgreSQL: the service drains
 * its requests first. Ends with the program's exit, not when its output closes, because on Windows the
 * server inherits the output of pg_ctl.
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

/** PG* variables of the user's own databases must not steer this one; messages are read, so English. */
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

/** Whether somebody who owns nothing here may enter `path` (a folder) or run it (a program). */
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
