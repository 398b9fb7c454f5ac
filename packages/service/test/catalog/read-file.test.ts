import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseProductMap } from '../../src/catalog/product-map.ts'
import { readProducts } from '../../src/catalog/read-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'pushcart-catalog-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Given {
  readonly map?: string
  readonly currency?: string
  readonly digits?: number
}

function read(name: string, content: string | Uint8Array, given: Given = {}) {
  const file = join(folder, name)
  writeFileSync(file, content)
  const { map, currency = 'USD', digits = 2 } = given
  return readProducts(file, { currency, digits }, map)
}

/** The message of the refusal, without the name of the file. */
async function refusal(name: string, content: string | Uint8Array, given: Given = {}) {
  const error = await read(name, content, given).then(
    () => new Error('was accepted'),
    (thrown: Error) => thrown,
  )
  expect(error.name).toBe('ConfigError')
  expect(error.message).not.toContain('\n')
  return error.message.replace(`CATALOG_FILE ${join(folder, name)}: `, '')
}

const SHOPIFY = `Handle,Title,Body (HTML),Vendor,Type,Option1 Value,Variant SKU,Variant Price,Image Src,Status
mug,Mug,"<p>A mug.<br>
Dishwasher &amp; oven safe.</p>",Kiln,Kitchen,Small,MUG-S,12.50,1.jpg,active
mug,,,,,Large,MUG-L,15.00,2.jpg,
mug,,,,,,,,3.jpg,
towel,Towel,,Loom,Bath,Default Title,,24.00,4.jpg,active
lamp,Lamp,,Loom,Bath,Default Title,LAMP,9.00,5.jpg,draft
`

const WOOCOMMERCE = `ID,Type,SKU,Name,Published,"Regular price","Sale price",Categories
44,variable,hoodie,Hoodie,1,,,Clothing
45,variation,hoodie-blue,"Hoodie - Blue",1,45,42,
46,simple,,Cap,1,18,,"Clothing > Hats"
47,simple,secret,Secret,0,18,,Clothing
`

describe('the export of', () => {
  it('Shopify: variants are products, rows of images and drafts are none', async () => {
    expect(await read('s.csv', SHOPIFY, { map: 'shopify' })).toEqual([
      {
        productId: 'MUG-S',
        name: 'Mug (Small)',
        category: 'Kitchen',
        description: 'A mug. Dishwasher & oven safe.',
        brand: 'Kiln',
        price: 1250,
      },
      {
        productId: 'MUG-L',
        name: 'Mug (Large)',
        category: 'Kitchen',
        description: 'A mug. Dishwasher & oven safe.',
        brand: 'Kiln',
        price: 1500,
      },
      {
        productId: 'towel',
        name: 'Towel',
        category: 'Bath',
        description: '',
        brand: 'Loom',
        price: 2400,
      },
    ])
  })

  it('WooCommerce: variations and simple products, at their sale price', async () => {
    const products = await read('w.csv', WOOCOMMERCE, { map: 'woocommerce' })
    expect(products.map(({ productId, name, price }) => [productId, name, price])).toEqual([
      ['hoodie-blue', 'Hoodie - Blue', 4200],
      [46, 'Cap', 1800],
    ])
  })

  it('Google Merchant: tabs, prices with a currency', async () => {
    const tsv = 'id\ttitle\tprice\tbrand\nA\tMug\t1,299.00 GBP\tKiln\n'
    const [mug] = await read('g.tsv', tsv, { map: 'google-merchant', currency: 'GBP' })
    expect(mug).toMatchObject({ productId: 'A', price: 129_900, brand: 'Kiln' })
    expect(await refusal('g.tsv', tsv, { map: 'google-merchant' })).toBe(
      'line 2: price "1,299.00 GBP" is in GBP, but CURRENCY is USD',
    )
  })

  it('an API: a wrapped list, nested prices', async () => {
    const list = [{ id: 'x', name: 'Glasses', priceUsd: { units: 19, nanos: 990_000_000 } }]
    const json = JSON.stringify({ products: list, total: 1 })
    expect(await read('o.json', json, { map: 'online-boutique' })).toMatchObject([{ price: 1999 }])
    expect(await refusal('o.json', json, { map: 'online-boutique', currency: 'EUR' })).toBe(
      'the column "priceUsd" is in USD, but CURRENCY is EUR',
    )
  })
})

describe('a file in another dialect', () => {
  it('has semicolons, a byte order mark, CRLF and decimal commas', async () => {
    const text = '\ufeffNr;Name;Preis\r\n1001;Tasse "blau";12,50\r\n1002;Tuch;1.024,00\r\n'
    const map = 'product_id=Nr,name=Name,price=Preis'
    const products = await read('semi.csv', text, { map, currency: 'EUR' })
    expect(products.map(({ name, price }) => [name, price])).toEqual([
      ['Tasse "blau"', 1250],
      ['Tuch', 102_400],
    ])
  })

  it('has the names of its columns in a later line', async () => {
    const text = 'Report;;\n;;\nKey,Title,Price\n5,"Frame, 58",1431.5000\n'
    const map = 'product_id=Key,name=Title,price=Price,header_line=3'
    expect(await read('late.csv', text, { map })).toMatchObject([{ productId: 5, price: 143_150 }])
    expect(await refusal('late2.csv', text.replace('1431.5000', 'x'), { map })).toMatch(/^line 4: /)
  })

  it('has prices in cents and a map in a file', async () => {
    const map = join(folder, 'map.json')
    const content = { product_id: 'sku', name: 'n', price: 'p.cents', price_unit: 'minor' }
    writeFileSync(map, JSON.stringify(content))
    const json = JSON.stringify([{ sku: 'a', n: 'A', p: { cents: 199 } }])
    expect(await read('cents.json', json, { map })).toMatchObject([{ price: 199 }])
  })

  it('has names with joiners', async () => {
    const names = ['کتاب‌خانه', 'Family 👨‍👩‍👧 set', '🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag']
    const csv = names.map((name, i) => `${i + 1},${name},10`).join('\n')
    const products = await read('names.csv', `product_id,name,price\n${csv}\n`)
    expect(products.map(({ name }) => name)).toEqual(names)
  })
})

describe('a file that cannot be sold from', () => {
  const ROW = 'product_id,name,price\n'

  it.each([
    [
      'a preset that fits',
      SHOPIFY,
      /^has no column product_id, name, price; found: Handle, .*; set CATALOG_MAP=shopify$/,
    ],
    [
      'columns found',
      'Nr,Text\n1,x\n',
      /^has no column product_id, name, price; found: Nr, Text; set CATALOG_MAP, for example/,
    ],
    ['doubled columns', 'product_id,name,price,price\n1,x,1,2\n', /^has two columns "price"$/],
    [
      'a soft hyphen',
      `${ROW}1,soft\u00adhyphen,5\n`,
      /^line 2: name must not contain the invisible character U\+00AD/,
    ],
    [
      'a joiner at the end',
      `${ROW}1,end\u200d,5\n`,
      /^line 2: name must have 1 to 200 printable characters/,
    ],
    [
      'the value',
      `${ROW}1,x,abc\n`,
      /^line 2: price must be a number of at least 0 with at most 2 decimals \(got "abc"\)$/,
    ],
    [
      'the first problems',
      `${ROW}..,x,1\n2,,1\n3,x,\n4,x,-1\n5,x,y\n`,
      /^line 2: product_id .*\(got "\.\."\); line 3: name .*; line 4: price .*; and 2 more$/,
    ],
    ['doubled ids', `${ROW}1,x,1\n1,y,1\n`, /^line 3: product_id 1 is also in line 2$/],
    ['no rows', ROW, /^has no products$/],
  ])('names %s', async (what, text, message) => {
    expect(await refusal(`${what.replaceAll(' ', '-')}.csv`, text)).toMatch(message)
  })

  it('names the line that is not UTF-8', async () => {
    const latin1 = Buffer.from('product_id,name,price\n1,Café,3.50\n', 'latin1')
    expect(await refusal('latin1.csv', latin1)).toMatch(/^line 2 is not UTF-8; .*iconv/)
  })

  it.each([
    ['{"a": 1}', 'must be a JSON array, or an object with one array (found a)'],
    ['{"a": [], "b": []}', 'must be a JSON array, or an object with one array (found a, b)'],
    ['[1]', 'product 1 is not an object'],
    ['[]', 'has no products'],
  ])('refuses the JSON %s', async (json, message) => {
    expect(await refusal('odd.json', json)).toBe(message)
  })

  it('asks for the separator where prices are ambiguous', async () => {
    const text = `${ROW}1,x,"1,299"\n`
    const given = { currency: 'KWD', digits: 3 }
    expect(await refusal('kwd.csv', text, given)).toMatch(/^the prices can be read with a decimal/)
    const map = '{"product_id":"product_id","name":"name","price":"price","decimal":","}'
    expect(await read('kwd.csv', text, { ...given, map })).toMatchObject([{ price: 1299 }])
  })
})

describe('a map', () => {
  it.each([
    ['nonsense', /^must be shopify, /],
    ['{', /^is not valid JSON/],
    [
      '{"product_id":"a","name":"b","price":"c","brnd":"d"}',
      /^unknown field "brnd"; the fields are /,
    ],
    ['product_id=a,name=b', /required property 'price'/],
    ['product_id=a,name=b,price=c,header_line=x', /^header_line must be integer/],
    ['__proto__', /^must be shopify, /],
  ])('%s is refused in one line', (text, message) => {
    expect(parseProductMap(text)).toMatch(message)
  })
})
