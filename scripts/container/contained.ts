import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Image } from './image.ts'

/** A program that runs in an image. */
export interface Contained {
  /** Standard output and error so far. */
  output(): string
  /** Its exit code, or the signal that killed it. */
  readonly ended: Promise<number | string>
  /** Signals the program; does nothing if it has ended. */
  signal(name: NodeJS.Signals): void
}

/** Arguments: root, working directory, user, group, then the program and its arguments. */
const ENTER = `root=$1 workdir=$2 uid=$3 gid=$4; shift 4
mount --bind "$root" "$root" && mount -o remount,bind,ro "$root" && mount -t proc proc "$root/proc" &&
exec unshare --root "$root" --wd "$workdir" setpriv --reuid "$uid" --regid "$gid" --clear-groups \\
  --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"`

/**
 * Starts a program as a container would: process 1 of its namespace, read-only root file system, the image's user and
 * environment, no capabilities. It shares the network of this machine.
 */
export function runContained(
  { root, workdir, uid, gid, env: own }: Image,
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Contained {
  const namespaces = ['--pid', '--mount', '--kill-child']
  const words = ['sh', '-c', ENTER, 'sh', root, workdir, `${uid}`, `${gid}`, ...command]
  const child = spawn('unshare', [...namespaces, ...words], {
    env: { ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      text += chunk
    })
  return {
    ended: once(child, 'close').then(([code, signal]) => code ?? signal),
    output: () => text,
    signal(name) {
      const program = onlyChild(child.pid)
      if (program !== undefined) process.kill(program, name)
    },
  }
}

/** What `unshare` started and waits for: it does not forward signals. */
function onlyChild(pid = 0): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')) || undefined
  } catch {
    return undefined
  }
}
