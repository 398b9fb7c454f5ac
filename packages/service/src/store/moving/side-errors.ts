import { CartError } from '../../cart/errors.ts'
import type { Side } from '../../cart/residence.ts'
import { ConfigError } from '../../config/config-error.ts'

/** Settings that have a counterpart with `MOVE_TO_`. */
const SETTINGS =
  /\b(?:CART_STORE_TYPE|DATABASE_(?:URL|PASSWORD_FILE|PASSWORD_COMMAND|SECRET_ARN|AUTH)|POSTGRES_LAYOUT|DYNAMODB_TABLE_NAME)\b/g

/**
 * Makes a call for one database of a move. Its errors say in which of the two they occurred: those of the destination name the
 * settings with `MOVE_TO_`.
 */
export async function atSide<T>(side: Side, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw errorOf(side, error)
  }
}

function errorOf(side: Side, error: unknown): unknown {
  const own = (message: string) =>
    side === 'destination' ? message.replace(SETTINGS, 'MOVE_TO_$&') : message
  const options = { cause: error }
  if (error instanceof ConfigError) return new ConfigError(own(error.message), options)
  if (error instanceof CartError && error.code.startsWith('STORE_'))
    return new CartError(error.code, `In the ${side} of the move: ${own(error.message)}`, options)
  return error
}
