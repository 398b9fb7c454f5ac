import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Image, ownEnv } from './build-by-hand.ts'

/** A way to run programs of the image somewhat as a container would. */
export interface Container {
  /** What of a container it has, in words. */
  readonly like: string
  start(command: readonly string[], env: Readonly<Record<string, string>>): Contained
}

export interface Contained {
  /** Standard output and error so far. */
  output(): string
  /** Its exit code, or the signal that killed it. */
  readonly ended: Promise<number | string>
  /** Signals the program itself, whatever started it; nothing if it has ended. */
  signal(name: NodeJS.Signals): void
}

const NAMESPACES = ['--pid', '--fork', '--mount', '--mount-proc']

/**
 * As root on Linux: process 1 of a namespace of its own, root file system read-only, no capabilities, the image's user.
 * Elsewhere: this user, and every file of the image without the right to write.
 *
 * @param folder a folder that everybody may enter, for a copy of Node
 */
export function openContainer(image: Image, folder: string): Container {
  setWritable(image.root, false)
  const cwd = join(image.root, image.workdir)
  const asRoot = process.getuid?.() === 0
  const confined =
    asRoot && spawnSync('unshare', [...NAMESPACES, 'setpriv', '--version']).status === 0
  const node = asRoot ? join(folder, 'node') : process.execPath
  if (asRoot) copyFileSync(process.execPath, node)
  const start: Container['start'] = ([program = '', ...words], env) => {
    const command = [program === 'node' ? node : program, ...words]
    const all = confined ? confine(command, image) : command
    const child = spawn(all[0] ?? '', all.slice(1), {
      cwd,
      env: { ...ownEnv(), ...image.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(asRoot && !confined ? { uid: image.uid, gid: image.gid } : {}),
    })
    return contained(child, confined)
  }
  const like = confined
    ? `process 1 of its namespace, root file system read-only, user ${image.uid}, no capabilities`
    : `${asRoot ? `user ${image.uid}` : 'this user'}, files read-only; not process 1, not a read-only file system (they need root and unshare)`
  return { like, start }
}

/** Makes the root file system read-only for this process alone, then becomes the program, as an ordinary user. */
function confine(command: readonly string[], { uid, gid }: Image): string[] {
  const user = `--reuid ${uid} --regid ${gid} --clear-groups`
  const rights = '--no-new-privs --bounding-set=-all --inh-caps=-all'
  const script = `mount -o remount,bind,ro / && exec setpriv ${user} ${rights} -- "$@"`
  return ['unshare', ...NAMESPACES, 'sh', '-c', script, 'sh', ...command]
}

function contained(child: ChildProcess, confined: boolean): Contained {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      text += chunk
    })
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  return {
    ended,
    output: () => text,
    signal(name) {
      const pid = confined ? onlyChild(child.pid) : child.pid
      const over = child.exitCode !== null || child.signalCode !== null
      if (pid !== undefined && !over) process.kill(pid, name)
    },
  }
}

/** What `unshare` started and waits for; it would not pass a signal on. */
function onlyChild(pid = 0): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** Takes the right to write from everything below a folder, or gives it back to the owner, so that it can be removed. */
export function setWritable(root: string, writable: boolean): void {
  const paths = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const path of [root, ...paths]) {
    const { mode } = statSync(path)
    chmodSync(path, writable ? mode | 0o200 : mode & 0o555)
  }
}
