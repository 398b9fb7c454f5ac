import { KINDS, type Kind } from '@pushcart/histories'
import { type AccessOptions, openAccess, requireNoAccess } from '../cart-api/open-access.ts'
import { UsageError } from '../errors/usage-error.ts'
import type { CommandIo } from '../terminal/io.ts'
import { prepareJunit } from './publish.ts'
import { requireInteger } from './require-integer.ts'
import type { CommandResult } from './run-command.ts'

/** Options of `pushcart consistency`. */
export interface ConsistencyChoice extends AccessOptions {
  readonly host?: readonly string[] | undefined
  readonly replica?: string | undefined
  readonly embedded?: readonly string[] | undefined
  readonly faults?: boolean | undefined
  readonly seconds?: number | undefined
  readonly iterations?: number | undefined
  readonly carts?: number | undefined
  readonly clients: number
  readonly seed: number
  readonly output?: string | undefined
  /** File for the guarantees or scenarios as JUnit XML. */
  readonly junit?: string | undefined
  /** Kinds of operation to leave out. */
  readonly without?: readonly string[] | undefined
}

/** Carts of a move, at most. */
const MAX_CARTS = 100_000
/** Default iterations of the quick scenarios. */
const ITERATIONS = 10

/**
 * `pushcart consistency`: the quick scenarios, or with `--seconds` or `--embedded` a recording that is checked.
 *
 * @throws LabError
 */
export async function chooseConsistency(
  choice: ConsistencyChoice,
  io: CommandIo,
): Promise<CommandResult> {
  const {
    host = [],
    replica,
    embedded,
    faults = false,
    seconds,
    output,
    junit,
    clients,
    seed,
  } = choice
  const without = kindsOf(choice.without ?? [])
  requireOneMode(choice)
  await prepareJunit(junit)
  if (embedded !== undefined) {
    const { embeddedConsistency } = await import('./consistency-embedded.ts')
    return embeddedConsistency(
      {
        clients,
        seed,
        without,
        stores: embedded,
        faults,
        junit,
        carts: choice.carts,
        seconds,
        output: folderOf(output),
      },
      io,
    )
  }
  const [only] = host
  if (only === undefined) throw new UsageError('host: missing the URL of the service (--host URL)')
  const access = await openAccess(choice)
  if (seconds === undefined) {
    const { consistencyCommand } = await import('./consistency.ts')
    const { iterations = ITERATIONS } = choice
    return consistencyCommand({ clients, seed, output, junit, iterations, host: only, access }, io)
  }
  const { recordCommand } = await import('./consistency-record.ts')
  return recordCommand(
    { clients, seed, host, access, replica, without, seconds, junit, output: folderOf(output) },
    io,
  )
}

/** An option that the chosen mode would ignore is an error. */
function requireOneMode(choice: ConsistencyChoice): void {
  const { host = [], replica, embedded, faults, seconds, iterations, without = [] } = choice
  requireCarts(choice)
  const recorded = seconds !== undefined || embedded !== undefined
  if (embedded === undefined && faults === true) throw new UsageError('faults: requires --embedded')
  if (embedded !== undefined && host.length > 0)
    throw new UsageError('embedded: starts its own service and excludes --host')
  if (embedded !== undefined && replica !== undefined)
    throw new UsageError('replica: excluded by --embedded, which starts a replica with --faults')
  if (embedded !== undefined) requireNoAccess(choice, 'excluded by --embedded')
  if (recorded && iterations !== undefined)
    throw new UsageError('iterations: excluded by --seconds and --embedded')
  if (!recorded && (host.length > 1 || replica !== undefined))
    throw new UsageError('host: several instances require --seconds')
  if (!recorded && without.length > 0) throw new UsageError('without: requires --seconds')
}

/** The carts of a move. */
function requireCarts({ carts, embedded }: ConsistencyChoice): void {
  if (carts === undefined) return
  const moves = embedded?.some((store) => store.startsWith('move')) === true
  if (!moves) throw new UsageError('carts: requires --embedded move')
  requireInteger('carts', carts, 1, MAX_CARTS)
}

const REQUIRED_KINDS: readonly Kind[] = ['create', 'get', 'add']

function kindsOf(names: readonly string[]): Kind[] {
  const optional = KINDS.filter((kind) => !REQUIRED_KINDS.includes(kind))
  return names.map((name) => {
    const kind = optional.find((known) => known === name)
    if (kind !== undefined) return kind
    const expected = optional.join(', ')
    throw new UsageError(`without: unknown operation "${name}"; expected one of ${expected}`)
  })
}

function folderOf(output: string | undefined): string {
  return output ?? `results/consistency-${new Date().toISOString().replace(/[:.]/g, '-')}`
}
