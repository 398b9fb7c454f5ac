import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Homes } from '../cart/homes.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Config } from '../config/config.ts'
import type { CartStore } from '../store/cart-store.ts'
import type { Access } from './access.ts'
import type { CartText } from './cart-text.ts'
import type { ChangeTermsReader } from './change-terms.ts'
import type { PageWriter } from './pages/page-text.ts'

/** What the routes share. */
export interface RouteContext {
  readonly config: Config
  readonly store: CartStore
  readonly catalog: Catalog
  readonly text: CartText
  readonly pages: PageWriter
  readonly clock: () => number
  readonly access: Access
  readonly changes: ChangeTermsReader
  /** The home regions of carts, where there are any. */
  readonly homes: Homes | undefined
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>
