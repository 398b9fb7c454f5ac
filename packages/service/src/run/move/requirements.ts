import type { Side } from '../../cart/residence.ts'
import { ConfigError } from '../../config/config-error.ts'
import type { Pair } from '../../store/moving/pair.ts'
import type { MoveRecord } from '../../store/residences.ts'
import { requireBinding, requireFree, requireNoDestination } from './phases.ts'
import { eachRecord } from './records.ts'

/**
 * What `plan` and `start` require of the two databases. Changes nothing.
 *
 * @throws ConfigError when they are one database or take part in another move, when the destination has carts before the move
 *         begins, or when rights are missing; CartError as the stores do
 */
export async function requirePair(pair: Pair, signal: AbortSignal): Promise<void> {
  const { source, destination } = pair
  if ((await source.residences.identity()) === (await destination.residences.identity()))
    throw new ConfigError('Source and destination are the same database: a move needs two')
  await requireRights(pair, 'source')
  await requireRights(pair, 'destination')
  const [known, copy] = await recordsOf(pair)
  if (known?.role === 'source' && known.phase === 'moved')
    throw new ConfigError(
      'The carts of this source have moved already; `pushcart move finish` completes what was cut off after that',
    )
  requireNoDestination(known)
  requireFree(known, copy)
  if (known?.role === 'source') requireBinding(known, copy)
  if (isToBegin(known)) await requireEmptyDestination(pair, signal, hasNotBegun)

  /** Another mover may have begun the move meanwhile, so that its carts are there. */
  async function hasNotBegun(): Promise<boolean> {
    return isToBegin(await source.residences.control.read())
  }
}

function isToBegin(record: MoveRecord | undefined): boolean {
  return record?.role !== 'source' || record.phase === 'stay'
}

/**
 * What the other commands require: that these are the databases of the move that has begun.
 *
 * @throws ConfigError; CartError as the stores do
 */
export async function requireSameMove(pair: Pair): Promise<void> {
  const [known, copy] = await recordsOf(pair)
  if (known?.role === 'source') requireBinding(known, copy)
}

async function recordsOf({ source, destination }: Pair) {
  return Promise.all([source.residences.control.read(), destination.residences.control.read()])
}

/**
 * Traces of an earlier move do not count.
 *
 * @param isWrong asked when there is a cart: whether it must not be there
 * @throws ConfigError when the destination is not empty; CartError as the stores do
 */
export async function requireEmptyDestination(
  pair: Pair,
  signal: AbortSignal,
  isWrong: () => Promise<boolean> = async () => true,
): Promise<void> {
  await eachRecord(pair, 'destination', { workers: 1, signal }, async (cartId, record) => {
    const isCart = record.at === 'here' || record.at === 'sealed'
    if (isCart && (await isWrong()))
      throw new ConfigError(
        `The destination is not empty: it has the cart ${cartId}. A move needs an empty database`,
      )
  })
}

async function requireRights(pair: Pair, role: Side): Promise<void> {
  const missing = await pair[role].residences.missingRights(role)
  if (missing.length > 0)
    throw new ConfigError(
      `The ${role} (${pair[role].kind}) does not grant what a move needs: ${missing.join(', ')}`,
    )
}
