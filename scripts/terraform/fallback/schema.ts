import { readFileSync } from 'node:fs'

/** What the provider says of a block: its attributes, and the blocks within it. */
export interface BlockSchema {
  /** `r` required, `o` optional, `c` computed only, by name. */
  readonly attributes: Readonly<Record<string, 'r' | 'o' | 'c'>>
  readonly blocks: Readonly<Record<string, NestedBlock>>
}

export interface NestedBlock extends BlockSchema {
  /** Fewest and most of them; 0 for no limit. */
  readonly min: number
  readonly max: number
}

export const SCHEMA_FILE = new URL('provider-schema.jsonl', import.meta.url)

/** The schemas of the resources that terraform/ uses, by type: provider hashicorp/aws, one type a line. */
export function readSchema(): ReadonlyMap<string, BlockSchema> {
  const lines = readFileSync(SCHEMA_FILE, 'utf8').trim().split('\n')
  return new Map(
    lines.map((line) => {
      const { type, ...schema } = JSON.parse(line) as BlockSchema & { readonly type: string }
      return [type, schema]
    }),
  )
}
