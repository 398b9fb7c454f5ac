import Type from 'typebox'
import type { NewLine, UnsoldLine } from '../../../cart/cart.ts'
import { CartError } from '../../../cart/errors.ts'
import type { EntityId } from '../../../cart/ids.ts'
import type { LineIdentity } from '../../../cart/line-key.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { Changed } from '../../../store/cart-store.ts'
import { setVersion } from '../../entity-tag.ts'
import { LIMITS } from '../../problem-schema.ts'
import type { App, RouteContext } from '../../route-context.ts'
import { AttributesIn, CartIdText, EntityIdText, NoBody, named, Quantity } from '../../schemas.ts'
import { requireAttributes, requireIdText, requireLineId } from '../input.ts'
import { CHANGE_CONFIG, changeCart, changeSchema } from './change-route.ts'

const QuantityBody = Type.Object({ quantity: Quantity }, { additionalProperties: false })
named(QuantityBody, 'NewQuantity')
const AttributesBody = Type.Object({ attributes: AttributesIn }, { additionalProperties: false })
named(AttributesBody, 'NewAttributes')

const ItemPath = Type.Object({ id: CartIdText, product_id: EntityIdText })
const LinePath = Type.Object({
  id: CartIdText,
  line_id: Type.Unsafe<string>({
    type: 'string',
    documented: {
      type: 'string',
      pattern: '^[A-Za-z0-9_-]+$',
      description: '`line_id` of a line.',
    },
  }),
})

/** The parameters of a path with a line. */
interface Params {
  readonly id: string
  readonly product_id?: string
  readonly line_id?: string
}

/** How requests address a line: by its id, or by its product, which stands for the line without attributes. */
interface Addressing {
  readonly url: string
  readonly params: typeof ItemPath | typeof LinePath
  readonly operations: Readonly<Record<'set' | 'remove', readonly [string, string]>>
  /** VALIDATION_FAILED for what is no id. The line is read after the caller's access to the cart has been checked. */
  line(params: Params): () => LineIdentity
  /** The same for what DELETE removes. */
  removed(params: Params): () => LineIdentity | EntityId
}

const BY_PRODUCT: Addressing = {
  url: '/shopping-carts/:id/items/:product_id',
  params: ItemPath,
  operations: {
    set: ['setQuantity', 'Set the quantity of a product'],
    remove: ['removeItem', 'Remove a product, with all its lines'],
  },
  line: ({ product_id = '' }) => {
    const productId = requireIdText(product_id, 'product_id')
    return () => ({ productId })
  },
  // A client that does not know attributes expects that no line of the product is left.
  removed: ({ product_id = '' }) => {
    const productId = requireIdText(product_id, 'product_id')
    return () => productId
  },
}

const LINE_URL = '/shopping-carts/:id/lines/:line_id'
const BY_LINE: Addressing = {
  url: LINE_URL,
  params: LinePath,
  operations: {
    set: ['setLineQuantity', 'Set the quantity of a line'],
    remove: ['removeLine', 'Remove a line'],
  },
  line:
    ({ line_id = '' }) =>
    () =>
      requireLineId(line_id),
  removed:
    ({ line_id = '' }) =>
    () =>
      requireLineId(line_id),
}

/** The changes of one line. */
export function registerLineRoutes(app: App, context: RouteContext): void {
  for (const addressing of [BY_PRODUCT, BY_LINE]) {
    registerSet(app, context, addressing)
    registerRemove(app, context, addressing)
  }
  registerAttributes(app, context)
}

function registerSet(app: App, context: RouteContext, { url, ...by }: Addressing): void {
  const { store, catalog } = context
  app.put<{ Params: Params }>(
    url,
    {
      config: CHANGE_CONFIG,
      schema: {
        ...changeSchema(...by.operations.set, ...LIMITS, 'PRODUCT_NOT_FOUND', 'LINE_NOT_FOUND'),
        params: by.params,
        body: QuantityBody,
      },
    },
    async (request, reply) => {
      const { quantity } = request.body as Type.Static<typeof QuantityBody>
      const read = by.line(request.params)
      const changed = await changeCart(context, request, (cartId, terms) => {
        const line = pricedLine(catalog, read(), quantity)
        return namingProduct(catalog, line, store.setLine(cartId, line, terms))
      })
      return setVersion(reply, changed).code(204).send()
    },
  )
}

function registerAttributes(app: App, context: RouteContext): void {
  app.patch(
    LINE_URL,
    {
      config: CHANGE_CONFIG,
      schema: {
        ...changeSchema(
          'setAttributes',
          'Give a line other attributes',
          'LINE_NOT_FOUND',
          'LINE_QUANTITY_LIMIT',
        ),
        params: LinePath,
        body: AttributesBody,
      },
    },
    async (request, reply) => {
      const attributes = requireAttributes(request.body.attributes, 'attributes')
      const changed = await changeCart(context, request, async (cartId, terms) => {
        const line = requireLineId(request.params.line_id)
        return context.store.setAttributes(cartId, line, attributes, terms)
      })
      return setVersion(reply, changed).code(204).send()
    },
  )
}

function registerRemove(app: App, context: RouteContext, { url, ...by }: Addressing): void {
  app.delete<{ Params: Params }>(
    url,
    {
      config: CHANGE_CONFIG,
      schema: {
        ...changeSchema(...by.operations.remove, 'LINE_NOT_FOUND'),
        params: by.params,
        body: NoBody,
      },
    },
    async (request, reply) => {
      const read = by.removed(request.params)
      const changed = await changeCart(context, request, (cartId, terms) =>
        context.store.removeLine(cartId, read(), terms),
      )
      return setVersion(reply, changed).code(204).send()
    },
  )
}

/** The line with the name and price of today, if its product is sold. */
function pricedLine(catalog: Catalog, line: LineIdentity, quantity: number): NewLine | UnsoldLine {
  const product = catalog.find(line.productId)
  if (product === undefined) return { ...line, quantity }
  return { ...line, productName: product.name, unitPrice: product.price, quantity }
}

/** The result of `call`; a PRODUCT_NOT_FOUND says which product. */
async function namingProduct(
  catalog: Catalog,
  { productId }: LineIdentity,
  call: Promise<Changed>,
): Promise<Changed> {
  try {
    return await call
  } catch (error) {
    if (error instanceof CartError && error.code === 'PRODUCT_NOT_FOUND') catalog.get(productId)
    throw error
  }
}
