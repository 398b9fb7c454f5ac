import { randomUUID } from 'node:crypto'
import { plainAccess } from '../../cart-api/access.ts'
import { createDatabase } from '../../services/create-database.ts'
import { probe } from '../../services/probe.ts'
import { startService } from '../../services/start-service.ts'
import type { LiveSide } from '../sides/side.ts'
import { type Census, openCensus } from './populations.ts'

/** A service on PostgreSQL whose carts can move to DynamoDB. Disposing stops it; its data stays until the databases stop. */
export interface MovingShop extends AsyncDisposable {
  readonly side: LiveSide
  /** For `pushcart move`. */
  readonly settings: Readonly<Record<string, string>>
  readonly census: Census
}

export interface MovingShopOptions {
  /** Of the two databases, not through a fault proxy. */
  readonly postgres: Readonly<Record<string, string>>
  readonly dynamodb: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
}

/** Key of the side whose carts move. */
export const MOVING_KEY = 'moving'

const QUIET = { LOG_LEVEL: 'fatal', RATE_LIMIT: '' }

/**
 * Opens a shop in a new database and a new table of the embedded databases, beside the carts of the other shoppers.
 *
 * @throws LabError; nothing is left running
 */
export async function openMovingShop(options: MovingShopOptions): Promise<MovingShop> {
  const { postgres, dynamodb, signal } = options
  const stack = new AsyncDisposableStack()
  try {
    const name = `moving_${randomUUID().replaceAll('-', '')}`
    const { DATABASE_URL: given = '', ...others } = postgres
    const url = await createDatabase(given, name)
    const census = stack.use(openCensus(url))
    const common = { ...QUIET, ...others, ...dynamodb }
    // The table is made by a service that uses it as its own database; the service of the shop only moves carts there.
    const owner = await startService({
      name: 'service on the destination',
      args: ['--migrate'],
      settings: { ...common, CART_STORE_TYPE: 'dynamodb', DYNAMODB_TABLE_NAME: name },
      signal,
    })
    await owner.stop()
    const settings = {
      ...common,
      CART_STORE_TYPE: 'postgres',
      DATABASE_URL: url,
      MOVE_TO_CART_STORE_TYPE: 'dynamodb',
      MOVE_TO_DYNAMODB_TABLE_NAME: name,
    }
    const service = stack.use(
      await startService({ name: 'moving service', args: ['--migrate'], settings, signal }),
    )
    const self = await probe(service.url, signal)
    const label = 'Moving shop'
    const side: LiveSide = {
      // While carts move, times are those of either database.
      info: {
        key: MOVING_KEY,
        label,
        store: null,
        emulator: true,
        product: service.url,
        own: false,
      },
      side: {
        key: MOVING_KEY,
        label,
        ...self,
        address: null,
        database_version: null,
        durability: null,
      },
      access: plainAccess(),
      url: () => service.url,
      clickUrl: () => service.url,
      own: undefined,
      async [Symbol.asyncDispose]() {},
    }
    return { side, settings, census, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}
