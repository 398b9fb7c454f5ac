import { isDeepStrictEqual } from 'node:util'
import { TTL_ATTRIBUTE, tableDefinition } from '../../packages/service/src/store/dynamodb/table.ts'
import { at, list, type Resource, text } from './resources.ts'

/** The parts of a table that the service depends on, sorted. */
interface Shape {
  readonly billing: string
  readonly keys: readonly (readonly [name: string, kind: string])[]
  readonly attributes: readonly (readonly [name: string, type: string])[]
  readonly indexes: readonly (readonly [
    name: string,
    hash: string,
    range: string,
    projection: string,
  ])[]
  readonly ttl: string
}

/** The table that the service creates with `--migrate`. */
export function serviceTable(): Shape {
  const definition = tableDefinition('carts')
  return {
    billing: definition.BillingMode,
    keys: definition.KeySchema.map((key) => [key.AttributeName, key.KeyType]),
    attributes: sorted(
      definition.AttributeDefinitions.map((each) => [each.AttributeName, each.AttributeType]),
    ),
    indexes: sorted(
      definition.GlobalSecondaryIndexes.map((index) => [
        index.IndexName,
        index.KeySchema[0]?.AttributeName ?? '',
        index.KeySchema[1]?.AttributeName ?? '',
        index.Projection.ProjectionType,
      ]),
    ),
    ttl: TTL_ATTRIBUTE,
  }
}

/** The table of an `aws_dynamodb_table`. */
export function terraformTable(table: Resource): Shape {
  const { values } = table
  const range = text(table, 'range_key')
  return {
    billing: text(table, 'billing_mode'),
    keys: [[text(table, 'hash_key'), 'HASH'], ...(range === '' ? [] : [[range, 'RANGE'] as const])],
    attributes: sorted(
      list(values, 'attribute').map((each) => [String(at(each, 'name')), String(at(each, 'type'))]),
    ),
    indexes: sorted(
      list(values, 'global_secondary_index').map((index) => [
        String(at(index, 'name')),
        String(at(index, 'hash_key')),
        String(at(index, 'range_key')),
        String(at(index, 'projection_type')),
      ]),
    ),
    ttl: at(values, 'ttl.0.enabled') === true ? text(table, 'ttl.0.attribute_name') : '',
  }
}

/** The differences between the service's table and Terraform's, in words. */
export function tableDifferences(table: Resource): string[] {
  const expected = serviceTable()
  const found = terraformTable(table)
  return (Object.keys(expected) as (keyof Shape)[])
    .filter((part) => !isDeepStrictEqual(expected[part], found[part]))
    .map(
      (part) =>
        `${part}: the service has ${JSON.stringify(expected[part])}, Terraform ${JSON.stringify(found[part])}`,
    )
}

function sorted<T>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
