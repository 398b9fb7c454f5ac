import { expect, it } from 'vitest'
import { blocksOf, parseFolders, readFiles } from '../../scripts/terraform/fallback/parse.ts'
import { at } from '../../scripts/terraform/resources.ts'
import { tableDifferences } from '../../scripts/terraform/table.ts'

const PATH = 'modules/dynamodb/main.tf'

async function tableOf(source: string) {
  const [folder] = await parseFolders(new Map([[PATH, source]]))
  if (folder === undefined) throw new Error(`There is no ${PATH}`)
  const values = blocksOf(folder, 'resource').get('aws_dynamodb_table.carts')
  expect(at(values, 'hash_key')).toBeDefined()
  return { address: 'carts', type: 'aws_dynamodb_table', values: values as Record<string, unknown> }
}

const source = readFiles().get(PATH) ?? ''

it('is the same table in Terraform as the service makes for itself', async () => {
  expect(tableDifferences(await tableOf(source))).toEqual([])
})

it.each([
  ['keys', 'hash_key                    = "cart_id"', 'hash_key = "id"'],
  ['attributes', 'name = "order_key"', 'name = "order_time"'],
  ['indexes', 'range_key       = "order_key"', 'range_key = "cart_key"'],
  ['billing', '"PAY_PER_REQUEST"', '"PROVISIONED"'],
  ['ttl', '"expires_at"', '"updated_at"'],
])('notices a difference in %s', async (part, from, to) => {
  expect(source).toContain(from)
  const [difference] = tableDifferences(await tableOf(source.replace(from, to)))
  expect(difference).toMatch(new RegExp(`^${part}: the service has .*, Terraform .*`))
})
