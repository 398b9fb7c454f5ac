import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { INPUTS } from '../../scripts/terraform/moto/apply.ts'
import { ofType } from '../../scripts/terraform/resources.ts'
import { tableDifferences } from '../../scripts/terraform/table.ts'
import { changed, mockedDeployment } from './deployment.ts'

const TABLE = 'aws_dynamodb_table'

it.each([
  ['keys', 'hash_key', 'id'],
  ['attributes', 'attribute.0.name', 'order_time'],
  ['indexes', 'global_secondary_index.0.range_key', 'other_key'],
  ['billing', 'billing_mode', 'PROVISIONED'],
  ['ttl', 'ttl.0.attribute_name', 'updated_at'],
])('reports a difference in %s', (part, path, value) => {
  const [table] = ofType(changed(mockedDeployment(), new RegExp(TABLE), path, value), TABLE)
  if (table === undefined) throw new Error('The mocked deployment has no table')
  const differences = tableDifferences(table)
  expect(differences).toHaveLength(1)
  expect(differences[0]).toMatch(new RegExp(`^${part}: the service has .*, Terraform .*`))
})

it('is applied to moto with every input that the module requires', () => {
  const file = new URL('../../terraform/modules/dynamodb/variables.tf', import.meta.url)
  const variables = [...readFileSync(file, 'utf8').matchAll(/^variable "(\w+)" \{(.*?)^\}/gms)]
  const required = variables.filter(([, , body = '']) => !/^ {2}default /m.test(body))
  const names = required.map(([, name]) => name)
  expect(names).toContain('name')
  const given = [...INPUTS.matchAll(/^(\w+) = /gm)].map(([, name]) => name)
  expect(given).toEqual(expect.arrayContaining(names))
})
