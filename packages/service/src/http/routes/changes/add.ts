import Type from 'typebox'
import type { NewLine } from '../../../cart/cart.ts'
import { CartError } from '../../../cart/errors.ts'
import { idText } from '../../../cart/ids.ts'
import { lineIdentity, lineKey } from '../../../cart/line-key.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import { setVersion } from '../../entity-tag.ts'
import { LIMITS } from '../../problem-schema.ts'
import type { App, RouteContext } from '../../route-context.ts'
import { AttributesIn, CartPath, EntityIdIn, named, Quantity } from '../../schemas.ts'
import { requireAttributes, requireEntityId } from '../input.ts'
import { CHANGE_CONFIG, changeCart, changeSchema } from './change-route.ts'

const LineIn = Type.Object(
  { product_id: EntityIdIn, quantity: Quantity, attributes: Type.Optional(AttributesIn) },
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
named(AddBody, 'NewLines', 'One line, or up to 100 different lines.')

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

/**
 * The line to add, with the name and price of today.
 *
 * @param where prefix of error messages that names the line among several
 */
function lineOf(catalog: Catalog, asked: Type.Static<typeof LineIn>, where = ''): NewLine {
  const product = catalog.get(requireEntityId(asked.product_id, `${where}product_id`), where)
  return {
    ...lineIdentity(product.productId, requireAttributes(asked.attributes, `${where}attributes`)),
    productName: product.name,
    unitPrice: product.price,
    quantity: asked.quantity,
  }
}

/** The lines if none occurs twice; VALIDATION_FAILED otherwise, because it is unclear which should count. */
function distinct(lines: readonly NewLine[]): readonly NewLine[] {
  const seen = new Set<string>()
  for (const [i, line] of lines.entries()) {
    const key = lineKey(line)
    if (seen.has(key)) {
      const same = line.attributes === undefined ? '' : ' with the same attributes'
      throw new CartError(
        'VALIDATION_FAILED',
        `items[${i}]: product ${idText(line.productId)} occurs twice${same}`,
      )
    }
    seen.add(key)
  }
  return lines
}
