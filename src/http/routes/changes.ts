import type { App, RouteContext } from '../route-context.ts'
import { registerCheckout } from './changes/checkout.ts'
import { registerAdd, registerRemove, registerSet } from './changes/lines.ts'
import { registerMerge } from './changes/merge.ts'
import { registerDeleteCart, registerEmpty } from './changes/whole-cart.ts'

/** All routes that change a cart. */
export function registerChangeRoutes(app: App, context: RouteContext): void {
  registerAdd(app, context)
  registerSet(app, context)
  registerRemove(app, context)
  registerEmpty(app, context)
  registerDeleteCart(app, context)
  registerCheckout(app, context)
  registerMerge(app, context)
}
