import { startEmbedded } from '../faults/embedded-service.ts'
import { InstanceError } from '../faults/service-instance.ts'
import type { Kind } from '../history/operation.ts'
import { UsageError } from '../http/usage-error.ts'
import { recordCommand } from './consistency-record.ts'
import { EXIT } from './exit-codes.ts'
import type { CommandIo } from './io.ts'

export interface EmbeddedCommandOptions {
  /** `postgres` or `dynamodb`. */
  readonly store: string
  readonly faults: boolean
  /** How far copies lag, milliseconds; 400 with faults. */
  readonly lagMs?: number | undefined
  readonly seconds: number
  readonly clients: number
  readonly seed: number
  readonly output: string
  readonly settleMs?: number | undefined
  readonly without?: readonly Kind[] | undefined
}

const LAG_MS = 400
/** A client waits for longer than the service waits for its database. */
const TIMEOUT_MS = 8000

/**
 * `pushcart consistency --embedded`: two instances of this service on an embedded database, recorded and checked; with
 * faults, everything between them and the database fails now and then, and copies of the data lag.
 *
 * @returns the exit code of `recordCommand`; invalidRun when the service does not start
 */
export async function embeddedConsistency(
  options: EmbeddedCommandOptions,
  io: CommandIo,
): Promise<number> {
  const { store, faults, seconds, clients, seed, output, settleMs, without } = options
  if (store !== 'postgres' && store !== 'dynamodb')
    throw new UsageError('embedded: postgres or dynamodb is wanted')
  const lagMs = options.lagMs ?? (faults ? LAG_MS : 0)
  try {
    await using service = await startEmbedded({ store, seed, seconds, faults, lagMs })
    const { hosts, replica, alwaysKeyed, faults: planned } = service
    const timeoutMs = TIMEOUT_MS
    return await recordCommand(
      {
        host: hosts,
        replica,
        seconds,
        clients,
        seed,
        output,
        settleMs,
        without,
        timeoutMs,
        alwaysKeyed,
        faults: planned,
      },
      io,
    )
  } catch (error) {
    const known =
      error instanceof InstanceError || (error instanceof Error && error.name === 'EngineError')
    if (!known) throw error
    io.err(`error: ${error.message}`)
    return EXIT.invalidRun
  }
}
