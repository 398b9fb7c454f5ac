import Type from 'typebox'
import type { NewLine } from '../../../cart/cart.ts'
import { CartError } from '../../../cart/errors.ts'
import { type EntityId, idText } from '../../../cart/ids.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import { setVersion } from '../../entity-tag.ts'
import { LIMITS } from '../../problem-schema.ts'
import type { App, RouteContext } from '../../route-context.ts'
import {
  CartIdText,
  CartPath,
  EntityIdIn,
  EntityIdText,
  NoBody,
  named,
  Quantity,
} from '../../schemas.ts'
import { requireEntityId, requireIdText } from '../input.ts'
import { CHANGE_CONFIG, changeCart, changeSchema } from './change-route.ts'

const LineIn = Type.Object(
  { product_id: EntityIdIn, quantity: Quantity },
  { additionalProperties: false },
)
named(LineIn, 'NewLine')
const AddBody = Type.Union([
  LineIn,
  Type.Object(
    { items: Type.Array(LineIn, { minItems: 1, maxItems: 100 }) },
    { additionalProperties: false },
  ),
])

named(AddBody, 'NewLines', 'One line, or up to 100 lines of different products.')

export function registerAdd(app: App, context: RouteContext): void {
  const { store, catalog } = context
  app.post(
    '/shopping-carts/:id/items',
    {
      config: CHANGE_CONFIG,
      schema: {
        ...changeSchema(
          'addItems',
          'Add a product, or up to 100 at once',
          ...LIMITS,
          'PRODUCT_NOT_FOUND',
        ),
        params: CartPath,
        body: AddBody,
      },
    },
    async (request, reply) => {
      const { body } = request
      const lines =
        'items' in body
          ? distinct(body.items.map((item, i) => lineOf(catalog, item, `items[${i}]: `)))
          : [lineOf(catalog, body)]
      const changed = await changeCart(context, request, (cartId, terms) =>
        store.addLines(cartId, lines, terms),
      )
      return setVersion(reply, changed).code(204).send()
    },
  )
}

const LinePath = Type.Object({ id: CartIdText, product_id: EntityIdText })
const QuantityBody = Type.Object({ quantity: Quantity }, { additionalProperties: false })
named(QuantityBody, 'NewQuantity')

export function registerSet(app: App, context: RouteContext): void {
  const { store, catalog } = context
  app.put(
    '/shopping-carts/:id/items/:product_id',
    {
      config: CHANGE_CONFIG,
      schema: {
        ...changeSchema(
          'setQuantity',
          'Set the quantity of a product',
          ...LIMITS,
          'PRODUCT_NOT_FOUND',
        ),
        params: LinePath,
        body: QuantityBody,
      },
    },
    async (request, reply) => {
      const { product_id: text } = request.params
      const productId = requireIdText(text, 'product_id')
      const line = lineOf(catalog, { product_id: productId, ...request.body })
      const changed = await changeCart(context, request, (cartId, terms) =>
        store.setLine(cartId, line, terms),
      )
      return setVersion(reply, changed).code(204).send()
    },
  )
}

export function registerRemove(app: App, context: RouteContext): void {
  app.delete(
    '/shopping-carts/:id/items/:product_id',
    {
      config: CHANGE_CONFIG,
      schema: {
        ...changeSchema('removeItem', 'Remove a product', 'LINE_NOT_FOUND'),
        params: LinePath,
        body: NoBody,
      },
    },
    async (request, reply) => {
      const productId = requireIdText(request.params.product_id, 'product_id')
      const changed = await changeCart(context, request, (cartId, terms) =>
        context.store.removeLine(cartId, productId, terms),
      )
      return setVersion(reply, changed).code(204).send()
    },
  )
}

/**
 * The line to add or set, with the name and price of today.
 *
 * @param where prefix of error messages that names the line among several
 */
function lineOf(
  catalog: Catalog,
  asked: { readonly product_id: EntityId; readonly quantity: number },
  where = '',
): NewLine {
  const product = catalog.get(requireEntityId(asked.product_id, `${where}product_id`), where)
  return {
    productId: product.productId,
    productName: product.name,
    unitPrice: product.price,
    quantity: asked.quantity,
  }
}

/** The lines if no product occurs twice; VALIDATION_FAILED otherwise, because it is unclear which line should count. */
function distinct(lines: readonly NewLine[]): readonly NewLine[] {
  const seen = new Set<EntityId>()
  for (const [i, { productId }] of lines.entries()) {
    if (seen.has(productId))
      throw new CartError(
        'VALIDATION_FAILED',
        `items[${i}]: product ${idText(productId)} occurs twice`,
      )
    seen.add(productId)
  }
  return lines
}
