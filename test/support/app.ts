import { pino } from 'pino'
import { openHomes } from '../../packages/service/src/cart/homes.ts'
import { currencyOf } from '../../packages/service/src/cart/money.ts'
import { type Catalog, openCatalog } from '../../packages/service/src/catalog/catalog.ts'
import { generateProducts } from '../../packages/service/src/catalog/generate.ts'
import type { Product } from '../../packages/service/src/catalog/product.ts'
import { loadConfig } from '../../packages/service/src/config/config.ts'
import { homeSettingsOf } from '../../packages/service/src/config/home-settings.ts'
import { buildApp } from '../../packages/service/src/http/app.ts'
import type { Authenticator } from '../../packages/service/src/http/auth.ts'
import { countHomeEvents } from '../../packages/service/src/observe/home-events.ts'
import { countOnly, type Observe } from '../../packages/service/src/observe/observe.ts'
import type { CartStore } from '../../packages/service/src/store/cart-store.ts'
import { openMemoryStore } from '../../packages/service/src/store/memory/memory-store.ts'
import { watchResponses } from './documented.ts'

/** The production app over a store (memory unless given), with a clock that tests move and logs they can read. */
export function makeApp({
  env = {},
  store = openMemoryStore(),
  authenticate,
  observe = countOnly(),
  products = (all) => all,
  catalog,
  clockOffset,
}: {
  env?: Record<string, string>
  store?: CartStore
  authenticate?: Authenticator | undefined
  observe?: Observe
  /** Changes the catalog of 1,000 generated products. */
  products?: (all: Product[]) => Product[]
  /** Instead of that catalog. */
  catalog?: Catalog
  clockOffset?: () => number | undefined
} = {}) {
  const clock = { now: Date.UTC(2026, 0, 2, 3, 4, 5, 678) }
  const logs: Record<string, unknown>[] = []
  const logger = pino({ base: null }, { write: (line: string) => logs.push(JSON.parse(line)) })
  const config = loadConfig(env)
  const settings = homeSettingsOf(config)
  const elsewhere = settings && {
    homes: openHomes(settings.own, settings.map),
    settings,
    events: countHomeEvents(observe.metrics.registry),
  }
  const app = buildApp({
    config,
    store,
    catalog:
      catalog ?? openCatalog(products(generateProducts(1000, currencyOf(config.CURRENCY).digits))),
    logger,
    authenticate,
    deployment: { engine: 'external', emulator: false },
    clock: () => clock.now,
    observe,
    elsewhere,
    ...(clockOffset && { clockOffset }),
  })

  watchResponses(app)

  const post = (url: string, payload?: object) =>
    app.inject({ method: 'POST', url, ...(payload === undefined ? {} : { payload }) })
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })
  /** A new cart's id. */
  const newCart = async (customerId: number | string = 7): Promise<string> =>
    (await post('/shopping-carts', { customer_id: customerId })).json().shopping_cart_id
  const add = (cartId: string, productId: number | string, quantity: number) =>
    post(`/shopping-carts/${cartId}/items`, { product_id: productId, quantity })

  return { app, store, clock, logs, post, get, newCart, add, homes: elsewhere?.homes }
}
