import { blocksOf, entries, type Folder } from './parse.ts'
import type { BlockSchema, NestedBlock } from './schema.ts'

/** What every resource may have beside its own attributes. */
const META = ['count', 'for_each', 'provider', 'depends_on', 'lifecycle', 'timeouts']

/** Unknown resource types, and unknown, missing and read-only attributes and blocks. */
export function resourceProblems(
  folder: Folder,
  schemas: ReadonlyMap<string, BlockSchema>,
): string[] {
  return [...blocksOf(folder, 'resource')].flatMap(([address, body]) => {
    const type = address.split('.')[0] ?? ''
    const schema = schemas.get(type)
    const where = `${folder.path}: ${address}`
    if (schema === undefined) return [`${where}: there is no resource type ${type} in the schema`]
    return blockProblems(where, body, schema, META)
  })
}

function blockProblems(
  where: string,
  body: unknown,
  schema: BlockSchema,
  allowed: readonly string[] = [],
): string[] {
  const given = withDynamic(body)
  const names = given.map(([name]) => name)
  const unknown = given
    .filter(([name]) => !(name in schema.attributes || name in schema.blocks))
    .filter(([name]) => !allowed.includes(name))
    .map(([name]) => `${where}: there is no ${name}`)
  const computed = names
    .filter((name) => schema.attributes[name] === 'c')
    .map((name) => `${where}: ${name} is decided by AWS`)
  const required = Object.keys(schema.attributes).filter((name) => schema.attributes[name] === 'r')
  const missing = required
    .filter((name) => !names.includes(name))
    .map((name) => `${where}: ${name} is missing`)
  const nested = Object.entries(schema.blocks).flatMap(([name, block]) =>
    nestedProblems(
      `${where}: ${name}`,
      given.find(([key]) => key === name)?.[1],
      block,
      names.includes(name),
    ),
  )
  return [...unknown, ...computed, ...missing, ...nested]
}

function nestedProblems(where: string, value: unknown, block: NestedBlock, isGiven: boolean) {
  if (!isGiven) return block.min > 0 ? [`${where} is missing`] : []
  const bodies = Array.isArray(value) ? value : [value]
  const tooMany = block.max > 0 && bodies.length > block.max
  return [
    ...(tooMany ? [`${where} may be given ${block.max} times`] : []),
    ...bodies.flatMap((body) => blockProblems(where, body, block)),
  ]
}

/** A body's entries, with `dynamic` blocks among the blocks of their name. */
function withDynamic(body: unknown): [string, unknown][] {
  const found = new Map<string, unknown>()
  for (const [name, value] of entries(body)) {
    if (name !== 'dynamic') found.set(name, merge(found.get(name), value))
    else
      for (const [dynamic, blocks] of entries(value))
        found.set(dynamic, merge(found.get(dynamic), contents(blocks)))
  }
  return [...found]
}

function contents(blocks: unknown): unknown[] {
  return Array.isArray(blocks) ? blocks.flatMap((block) => block.content as unknown[]) : []
}

function merge(before: unknown, value: unknown): unknown {
  return Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value
}
