import { KINDS, type Kind } from '../../packages/histories/src/index.ts'
import { UsageError } from '../http/usage-error.ts'
import { consistencyCommand } from './consistency.ts'
import { EXIT } from './exit-codes.ts'
import type { CommandIo } from './io.ts'

/** What the command line gives to `pushcart consistency`. */
export interface ConsistencyChoice {
  readonly host?: readonly string[] | undefined
  readonly replica?: string | undefined
  readonly embedded?: readonly string[] | undefined
  readonly faults?: boolean | undefined
  readonly seconds?: number | undefined
  readonly iterations?: number | undefined
  readonly clients: number
  readonly seed: number
  readonly output?: string | undefined
  /** Kinds of operation that are left out. */
  readonly without?: readonly string[] | undefined
}

/** Of an embedded run that does not say how long. */
const EMBEDDED_SECONDS = 10
/** Of the customary scenarios. */
const ITERATIONS = 10

/** The customary scenarios without `--seconds`; with it, or on an embedded store, a recording that is checked. */
export async function chooseConsistency(choice: ConsistencyChoice, io: CommandIo): Promise<number> {
  try {
    return await run(choice, io)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.err(`error: ${error.message}`)
    return EXIT.usage
  }
}

async function run(choice: ConsistencyChoice, io: CommandIo): Promise<number> {
  const { host = [], replica, embedded, faults = false, seconds, output } = choice
  const without = kindsOf(choice.without ?? [])
  requireOneMode(choice)
  if (embedded !== undefined) {
    const { embeddedConsistency } = await import('./consistency-embedded.ts')
    return embeddedConsistency(
      {
        ...choice,
        without,
        stores: embedded,
        faults,
        seconds: seconds ?? EMBEDDED_SECONDS,
        output: folderOf(output),
      },
      io,
    )
  }
  const [only] = host
  if (only === undefined) throw new UsageError('host: which service is to be tested? (--host URL)')
  if (seconds === undefined) {
    const { iterations = ITERATIONS } = choice
    return consistencyCommand({ ...choice, iterations, host: only }, io)
  }
  const { recordCommand } = await import('./consistency-record.ts')
  const { clients, seed } = choice
  return recordCommand(
    { clients, seed, host, replica, without, seconds, output: folderOf(output) },
    io,
  )
}

/** An option of another kind of run would be ignored, and the user would not know. */
function requireOneMode({
  host = [],
  replica,
  embedded,
  faults,
  ...more
}: ConsistencyChoice): void {
  const { seconds, iterations, without = [] } = more
  const recorded = seconds !== undefined || embedded !== undefined
  if (embedded === undefined && faults === true)
    throw new UsageError('faults: they strike between a service and its database; add --embedded')
  if (embedded !== undefined && host.length > 0)
    throw new UsageError('embedded: it starts its own service; leave --host out')
  if (embedded !== undefined && replica !== undefined)
    throw new UsageError('replica: --embedded starts its own, with --faults')
  if (recorded && iterations !== undefined)
    throw new UsageError('iterations: of the scenarios that run without --seconds and --embedded')
  if (!recorded && (host.length > 1 || replica !== undefined))
    throw new UsageError('host: several instances are tested with --seconds')
  if (!recorded && without.length > 0)
    throw new UsageError('without: operations are left out of a recording; add --seconds')
}

function kindsOf(names: readonly string[]): Kind[] {
  return names.map((name) => {
    const kind = KINDS.find((known) => known === name)
    const needed = kind === 'create' || kind === 'get' || kind === 'add'
    if (kind === undefined || needed)
      throw new UsageError(
        `without: ${JSON.stringify(name)} is no kind of operation that can be left out`,
      )
    return kind
  })
}

function folderOf(output: string | undefined): string {
  return output ?? `results/consistency-${new Date().toISOString().replace(/[:.]/g, '-')}`
}
