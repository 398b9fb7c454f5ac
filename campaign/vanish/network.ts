import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
/** Of the range for benchmarks of networks (RFC 2544). */
const OURS = '198.18.77.1'
const THEIRS = '198.18.77.2'
const THEIR_MAC = '02:00:00:00:4d:02'

/** A network namespace whose clients can vanish: their packets stop, and nobody says that they are gone. */
export interface VanishingNetwork extends AsyncDisposable {
  /** The address of this machine for those clients. */
  readonly host: string
  /** The command that runs a program in the namespace. */
  readonly through: readonly string[]
  vanish(): Promise<void>
  appear(): Promise<void>
}

/** Needs `ip` and the right to create network namespaces; undefined without. */
export async function openVanishingNetwork(): Promise<VanishingNetwork | undefined> {
  const name = `pushcart${process.pid}`
  const [inside, outside] = [`pc${process.pid}i`, `pc${process.pid}o`]
  const ip = (command: string) => run('ip', command.split(' '))
  const appear = async () => void (await ip(`-n ${name} addr add ${THEIRS}/30 dev ${inside}`))
  try {
    await ip(`netns add ${name}`)
  } catch {
    return undefined
  }
  const stack = new AsyncDisposableStack()
  // The pair of devices goes with it.
  stack.defer(async () => void (await ip(`netns del ${name}`)))
  try {
    await ip(`link add ${outside} type veth peer name ${inside} netns ${name}`)
    await ip(`addr add ${OURS}/30 dev ${outside}`)
    await ip(`link set ${outside} up`)
    await ip(`-n ${name} link set ${inside} address ${THEIR_MAC} up`)
    // So that packets are still sent when nobody answers.
    await ip(`neigh replace ${THEIRS} lladdr ${THEIR_MAC} dev ${outside} nud permanent`)
  } catch {
    await stack.disposeAsync()
    return undefined
  }
  return {
    host: OURS,
    through: ['ip', 'netns', 'exec', name],
    // Without its address, the namespace drops what arrives and cannot send.
    vanish: async () => void (await ip(`-n ${name} addr del ${THEIRS}/30 dev ${inside}`)),
    appear,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

/** How many connections to vanished clients a process of this machine still holds. The system's own remains are not counted. */
export async function heldConnections(): Promise<number> {
  const hex = THEIRS.split('.')
    .reverse()
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
  const table = await readFile('/proc/net/tcp', 'utf8')
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote = '', , , , , , , inode]) => remote.startsWith(`${hex}:`) && inode !== '0')
    .length
}
