import Type from 'typebox'
import { CartError } from '../../cart/errors.ts'
import { parseIdText } from '../../cart/ids.ts'
import { currencyOf, toDecimal } from '../../cart/money.ts'
import type { Product } from '../../catalog/product.ts'
import { problems } from '../problem-schema.ts'
import type { App, RouteContext } from '../route-context.ts'
import {
  EntityIdText,
  NextCursor,
  named,
  type ProductJson,
  ProductOut,
  pageQuery,
  response,
} from '../schemas.ts'
import { pageOf } from './input.ts'

const ProductPath = Type.Object({ product_id: EntityIdText })
const Text = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }))
const ProductPage = Type.Object({ products: Type.Array(ProductOut), next_cursor: NextCursor })
named(ProductPage, 'ProductPage')

export function registerProductRoutes(app: App, { config, catalog }: RouteContext): void {
  const SearchQuery = Type.Object(
    { name: Text, category: Text, ...pageQuery(config.PAGE_SIZE_MAX) },
    { additionalProperties: false },
  )
  const { code: currency, digits } = currencyOf(config.CURRENCY)
  const json = (product: Product): ProductJson => ({
    product_id: product.productId,
    name: product.name,
    category: product.category,
    description: product.description,
    brand: product.brand,
    price: toDecimal(product.price, digits),
    currency,
  })

  app.get(
    '/products/:product_id',
    {
      config: { public: true, priority: 'always' },
      schema: {
        operationId: 'getProduct',
        summary: 'Read a product',
        tags: ['products'],
        params: ProductPath,
        response: {
          200: response('The product.', ProductOut),
          ...problems('PRODUCT_NOT_FOUND', 'RATE_LIMITED'),
        },
      },
    },
    async (request) => {
      const productId = parseIdText(request.params.product_id)
      if (productId === undefined) throw new CartError('PRODUCT_NOT_FOUND')
      return json(catalog.get(productId))
    },
  )

  app.get(
    '/products',
    {
      config: { public: true, priority: 'low', inMemory: true },
      schema: {
        operationId: 'searchProducts',
        summary: 'Search the catalog',
        tags: ['products'],
        querystring: SearchQuery,
        response: {
          200: response('A page of products.', ProductPage),
          ...problems('RATE_LIMITED'),
        },
      },
    },
    async (request) => {
      const { name, category } = request.query
      const page = pageOf(request.query, config.PAGE_SIZE_MAX)
      const { items, cursor } = catalog.search({ ...page, name, category })
      return { products: items.map(json), next_cursor: cursor }
    },
  )
}
