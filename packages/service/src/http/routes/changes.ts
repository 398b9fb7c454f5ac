import type { App, RouteContext } from '../route-context.ts'
import { registerAdd } from './changes/add.ts'
import { registerCheckout } from './changes/checkout.ts'
import { registerLineRoutes } from './changes/lines.ts'
import { registerMerge } from './changes/merge.ts'
import { registerReprice } from './changes/reprice.ts'
import { registerDeleteCart, registerEmpty } from './changes/whole-cart.ts'

/** All routes that change a cart. */
export function registerChangeRoutes(app: App, context: RouteContext): void {
  registerAdd(app, context)
  registerLineRoutes(app, context)
  registerReprice(app, context)
  registerEmpty(app, context)
  registerDeleteCart(app, context)
  registerCheckout(app, context)
  registerMerge(app, context)
}
