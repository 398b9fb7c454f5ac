import { Ajv } from 'ajv'
import Type, { type Static } from 'typebox'

const columns = (description: string) =>
  Type.Union(
    [Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })],
    {
      description: `${description} Several columns: the first that is not empty.`,
    },
  )
const list = (description: string) => Type.Array(Type.String({ minLength: 1 }), { description })

/** Which column of a catalog file is what. A column of JSON may be a path, such as `price.amount` or `categories.0`. */
export const PRODUCT_MAP = Type.Object(
  {
    product_id: columns('The id.'),
    name: columns('The name.'),
    price: columns(
      'The price, for example `12.50`, `1,299.00 GBP` or `{"units": 12, "nanos": 500000000}`.',
    ),
    category: Type.Optional(columns('The category.')),
    description: Type.Optional(columns('The description; HTML becomes text.')),
    brand: Type.Optional(columns('The brand.')),
    currency: Type.Optional(
      columns('The currency of the price. Rows in another currency than CURRENCY are an error.'),
    ),
    price_unit: Type.Optional(
      Type.Enum(['decimal', 'minor'], {
        description: '`minor`: prices are integers of cents. Default `decimal`.',
      }),
    ),
    decimal: Type.Optional(
      Type.Enum(['.', ','], {
        description: 'Decimal separator. Without it, the one that fits all prices.',
      }),
    ),
    header_line: Type.Optional(
      Type.Integer({
        minimum: 1,
        description: 'Line of a CSV file with the names of the columns. Default 1.',
      }),
    ),
    variant: Type.Optional(list('Columns that distinguish variants; appended to the name.')),
    group: Type.Optional(
      Type.String({ description: 'Column whose equal values mark rows of one product.' }),
    ),
    fill_down: Type.Optional(
      list('Columns that are only in the first row of a group and also apply to its other rows.'),
    ),
    only_with: Type.Optional(list('Rows in which one of these columns is empty are skipped.')),
    skip_where: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.String()), {
        description: 'Rows in which a column has one of these values are skipped.',
      }),
    ),
  },
  { additionalProperties: false },
)

export type ProductMap = Readonly<Static<typeof PRODUCT_MAP>>

/** The columns of a file that needs no map. */
export const OWN_MAP: ProductMap = {
  product_id: 'product_id',
  name: 'name',
  price: 'price',
  category: 'category',
  description: 'description',
  brand: 'brand',
  currency: 'currency',
}

/** Maps for exports of well-known programs. */
export const PRESETS: Readonly<Record<string, ProductMap>> = {
  shopify: {
    product_id: ['Variant SKU', 'Handle'],
    name: 'Title',
    price: 'Variant Price',
    category: 'Type',
    description: 'Body (HTML)',
    brand: 'Vendor',
    group: 'Handle',
    fill_down: ['Title', 'Type', 'Body (HTML)', 'Vendor', 'Status', 'Published'],
    variant: ['Option1 Value', 'Option2 Value', 'Option3 Value'],
    // Rows with further images of a product have no price.
    only_with: ['Variant Price'],
    skip_where: { Status: ['draft', 'archived'] },
  },
  woocommerce: {
    product_id: ['SKU', 'ID'],
    name: 'Name',
    price: ['Sale price', 'Regular price'],
    category: 'Categories',
    description: ['Short description', 'Description'],
    brand: 'Brands',
    skip_where: { Type: ['variable', 'grouped', 'external'], Published: ['0', '-1'] },
  },
  'google-merchant': {
    product_id: 'id',
    name: 'title',
    price: ['sale_price', 'price'],
    category: ['product_type', 'google_product_category'],
    description: 'description',
    brand: 'brand',
    variant: ['color', 'size'],
  },
  magento: {
    product_id: 'sku',
    name: 'name',
    price: ['special_price', 'price'],
    category: 'categories',
    description: ['short_description', 'description'],
    brand: 'manufacturer',
    skip_where: {
      product_type: ['configurable', 'grouped', 'bundle'],
      product_online: ['0', '2'],
    },
  },
  northwind: {
    product_id: 'ProductID',
    name: 'ProductName',
    price: 'UnitPrice',
    category: ['CategoryName', 'CategoryID'],
    description: 'QuantityPerUnit',
    skip_where: { Discontinued: ['1', 'true', 'True'] },
  },
  dummyjson: {
    product_id: 'id',
    name: 'title',
    price: 'price',
    category: 'category',
    description: 'description',
    brand: 'brand',
  },
  'online-boutique': {
    product_id: 'id',
    name: 'name',
    price: 'priceUsd',
    category: 'categories',
    description: 'description',
  },
}

const FIELDS = Object.keys(PRODUCT_MAP.properties)
const isMap = new Ajv({ allErrors: true }).compile<ProductMap>(PRODUCT_MAP)

/**
 * Reads a map.
 *
 * @param text name of a preset, JSON, or `field=column` pairs separated by commas
 * @returns the map, or what is wrong with it
 */
export function parseProductMap(text: string): ProductMap | string {
  const preset = Object.hasOwn(PRESETS, text) ? PRESETS[text] : undefined
  if (preset !== undefined) return preset
  let found: unknown
  if (text.trimStart().startsWith('{')) {
    try {
      found = JSON.parse(text)
    } catch (error) {
      return `is not valid JSON: ${(error as Error).message}`
    }
  } else {
    const pairs = pairsOf(text)
    if (pairs === undefined)
      return `must be ${Object.keys(PRESETS).join(', ')}, a .json file or pairs such as product_id=SKU,name=Title,price=Price`
    found = pairs
  }
  if (isMap(found)) return found
  const [error] = isMap.errors ?? []
  const where = error?.instancePath.slice(1) || 'it'
  if (error?.keyword === 'additionalProperties')
    return `unknown field "${error.params.additionalProperty}"; the fields are ${FIELDS.join(', ')}`
  return `${where} ${error?.message ?? 'is invalid'}`
}

/** Pairs know single columns only; what needs lists is written as JSON. */
function pairsOf(text: string): Record<string, unknown> | undefined {
  const pairs = text.split(',').map((pair) => /^\s*(\w+)\s*=\s*(.+?)\s*$/.exec(pair))
  if (pairs.includes(null)) return undefined
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, field = '', column = ''] = pair ?? []
      return [field, field === 'header_line' ? Number(column) : column]
    }),
  )
}

/** The preset that fits the columns of a file best: its required columns are there, and most of the others. */
export function fittingPreset(present: ReadonlySet<string>): string | undefined {
  const scores = Object.entries(PRESETS).map(([name, map]) => {
    const { product_id, name: title, price, category = [], description = [], brand = [] } = map
    const required = [product_id, title, price].every((columns) =>
      [columns].flat().some((column) => present.has(column)),
    )
    const others = [product_id, price, category, description, brand, map.variant ?? []].flat()
    return { name, score: required ? others.filter((column) => present.has(column)).length : -1 }
  })
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a))
  return best.score < 0 ? undefined : best.name
}
