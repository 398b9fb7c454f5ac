import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { SOURCE } from '../terraform.ts'
import { type BlockSchema, type NestedBlock, SCHEMA_FILE } from './schema.ts'

interface RawBlock {
  readonly attributes?: Readonly<
    Record<string, { readonly required?: boolean; readonly optional?: boolean }>
  >
  readonly block_types?: Readonly<
    Record<
      string,
      { readonly block: RawBlock; readonly min_items?: number; readonly max_items?: number }
    >
  >
}

interface RawSchemas {
  readonly provider_schemas: Readonly<
    Record<
      string,
      { readonly resource_schemas: Readonly<Record<string, { readonly block: RawBlock }>> }
    >
  >
}

/** Writes the part of `terraform providers schema -json` that the resources of terraform/ need. */
export function trimSchema(json: string): void {
  const [provider] = Object.values((JSON.parse(json) as RawSchemas).provider_schemas)
  const lines = usedTypes().map((type) => {
    const raw = provider?.resource_schemas[type]
    if (raw === undefined) throw new Error(`The provider has no ${type}`)
    return JSON.stringify({ type, ...trim(raw.block) })
  })
  writeFileSync(SCHEMA_FILE, `${lines.join('\n')}\n`)
}

function usedTypes(): string[] {
  const files = globSync(`${SOURCE}/**/*.tf`)
  const found = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^resource "(\w+)"/gm)].map(([, type = '']) => type),
  )
  return [...new Set(found)].sort()
}

function trim({ attributes = {}, block_types: blocks = {} }: RawBlock): BlockSchema {
  return {
    attributes: mapValues(attributes, ({ required, optional }) => {
      if (required) return 'r'
      return optional ? 'o' : 'c'
    }),
    blocks: mapValues(
      blocks,
      ({ block, min_items: min = 0, max_items: max = 0 }): NestedBlock => ({
        min,
        max,
        ...trim(block),
      }),
    ),
  }
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, to: (value: A) => B) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]))
}
