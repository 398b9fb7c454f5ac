import { writeFileSync } from 'node:fs'
import { LoadResultSchema } from '../lab/load/load-result.ts'
import { ComparisonFileSchema } from '../lab/results/comparison-file.ts'

/** `npm run docs`: writes the published JSON Schemas of the result files. Tests compare the files with the schemas. */

for (const [path, schema] of [
  ['../lab/load/load-result.schema.json', LoadResultSchema],
  ['../lab/results/comparison.schema.json', ComparisonFileSchema],
] as const)
  writeFileSync(new URL(path, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`)
