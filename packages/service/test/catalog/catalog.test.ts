import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { useFolder } from '../../../../test/support/folder.ts'
import { type Catalog, openCatalog } from '../../src/catalog/catalog.ts'
import { generateProducts } from '../../src/catalog/generate.ts'
import { GENERATED_PRODUCTS, loadCatalog } from '../../src/catalog/load-catalog.ts'
import { loadConfig } from '../../src/config/config.ts'

describe('the generated catalog', () => {
  it('has products 1 to 100000 with all fields and is the same every time', async () => {
    const catalog = await loadCatalog(loadConfig({}))
    expect(catalog.size).toBe(GENERATED_PRODUCTS)
    for (const id of [1, 2, 500, 99_999, 100_000]) {
      const product = catalog.get(id)
      expect(product.productId).toBe(id)
      expect(product.price).toBeGreaterThanOrEqual(100)
      expect(Number.isInteger(product.price)).toBe(true)
      expect(
        [product.name, product.category, product.description, product.brand].every(Boolean),
      ).toBe(true)
    }
    expect(() => catalog.get(100_001)).toThrow('There is no product 100001.')
    expect(generateProducts(50, 2)).toEqual(generateProducts(100, 2).slice(0, 50))
  })

  it('has whole prices for a currency without decimals', () => {
    expect(
      generateProducts(1000, 0).every((product) => product.price >= 1 && product.price <= 500),
    ).toBe(true)
  })
})

describe('search', () => {
  const catalog = openCatalog(generateProducts(2000, 2))
  const walk = (query: Parameters<Catalog['search']>[0]) => {
    const ids: unknown[] = []
    let cursor: string | undefined
    do {
      const page = catalog.search({ ...query, cursor })
      ids.push(...page.items.map((product) => product.productId))
      cursor = page.cursor ?? undefined
    } while (cursor !== undefined)
    return ids
  }

  it('finds by part of the name and by category, ignoring case, across pages', () => {
    const wanted = generateProducts(2000, 2)
      .filter((product) => product.category === 'Books' && product.name.includes('Novel'))
      .map((product) => product.productId)
    expect(wanted.length).toBeGreaterThan(5)
    for (const limit of [1, 3, 1000]) {
      expect(walk({ name: 'nOVEL', category: 'bOOKS', limit })).toEqual(wanted)
    }
  })

  it('finds the same before and after its index is complete', async () => {
    const products = generateProducts(3000, 2)
    const queries = ['novel', 'o', 'al', 'kettle 1', 'zzzz', 'Granite Folding'].flatMap((name) => [
      { name, limit: 7 },
      { name, category: 'Kitchen', limit: 7 },
    ])
    const searchAll = (one: Catalog) => queries.map((query) => one.search(query))
    const fresh = openCatalog(products)
    const before = searchAll(fresh)
    // The index is built in turns of the event loop; 3,000 names take a few.
    for (let i = 0; i < 100; i++) await turn()
    expect(searchAll(fresh)).toEqual(before)
  })

  it('returns everything without a filter and nothing without a match', () => {
    expect(walk({ limit: 999 })).toHaveLength(2000)
    expect(catalog.search({ name: 'zzzz', limit: 5 })).toEqual({ items: [], cursor: null })
  })
})

describe('a catalog file', () => {
  const folder = useFolder()
  const load = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text)
    return loadCatalog(loadConfig({ CATALOG_FILE: file }))
  }
  const tea = {
    product_id: 'tea',
    name: 'Tea, green',
    price: 4.5,
    category: 'Drinks',
    brand: 'Leaf',
    description: 'Loose.',
  }

  it('can be JSON or CSV', async () => {
    const json = await load(
      'a.json',
      JSON.stringify([tea, { product_id: 2, name: 'Cup', price: 10 }]),
    )
    const csv = await load(
      'a.csv',
      '\ufeffproduct_id,name,price,category,brand,description\ntea,"Tea, green",4.50,Drinks,Leaf,Loose.\n2,Cup,10,,,\n',
    )
    for (const catalog of [json, csv]) {
      expect(catalog.get('tea')).toEqual({
        productId: 'tea',
        name: 'Tea, green',
        price: 450,
        category: 'Drinks',
        brand: 'Leaf',
        description: 'Loose.',
      })
      expect(catalog.get(2)).toMatchObject({ price: 1000, category: '' })
    }
  })

  it('has the ids that JSON has, and reads those of CSV as a URL has them', async () => {
    const ids = [42, '42', '0042', '110248495921238986420', 'tea']
    const json = await load(
      'ids.json',
      JSON.stringify(ids.map((id) => ({ ...tea, product_id: id }))),
    )
    const rows = ['42', '"""42"""', '0042', '110248495921238986420', 'tea'].map(
      (id) => `${id},Tea,1`,
    )
    const csv = await load('ids.csv', `product_id,name,price\n${rows.join('\n')}\n`)
    for (const catalog of [json, csv]) {
      expect(catalog.size).toBe(ids.length)
      for (const id of ids) expect(catalog.get(id).productId).toBe(id)
      expect(() => catalog.get('042')).toThrow('There is no product 042.')
    }
    const twice = JSON.stringify([tea, { ...tea, product_id: '42' }, { ...tea, product_id: '42' }])
    await expect(load('twice.json', twice)).rejects.toThrow('product_id "42" is also in product 2')
  })

  it.each([
    ['b.xml', '[]', 'must end in .json, .csv'],
    ['c.json', '{', 'JSON'],
    ['d.json', '[]', 'has no products'],
    ['e.json', '{"a":1}', 'an object with one array'],
    ['f.json', JSON.stringify([tea, tea]), 'product 2: product_id tea is also in product 1'],
    ['g.json', JSON.stringify([{ ...tea, price: 1.005 }]), 'product 1: price must be'],
    ['h.json', JSON.stringify([{ ...tea, price: -1 }]), 'product 1: price must be'],
    ['i.json', JSON.stringify([{ ...tea, product_id: 0 }]), 'product 1: product_id must be'],
    ['j.json', JSON.stringify([{ ...tea, name: '' }]), 'product 1: name must have'],
    ['n.json', JSON.stringify([{ ...tea, name: 'a\u0000b' }]), 'product 1: name must not contain'],
    ['k.json', '[null]', 'product 1 is not an object'],
    ['l.csv', 'product_id,name,price\n1,"open', 'Quote'],
  ])(
    '%s that is wrong stops the boot with one line that says where',
    async (name, text, message) => {
      const failure = await load(name, text).catch((error: Error) => error)
      expect(failure).toMatchObject({
        name: 'ConfigError',
        message: expect.stringContaining(message),
      })
      expect((failure as Error).message).toContain(name)
      expect((failure as Error).message).not.toContain('\n')
    },
  )

  it('that is missing stops the start', async () => {
    await expect(
      loadCatalog(loadConfig({ CATALOG_FILE: join(folder, 'none.json') })),
    ).rejects.toThrow('ENOENT')
  })
})
