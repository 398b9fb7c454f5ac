import { writeFileSync } from 'node:fs'
import { PRICES_SCHEMA } from '../packages/lab/src/model/cost/prices.ts'
import { ComparisonFileSchema } from '../packages/lab/src/results/comparison-file.ts'
import { LoadResultSchema } from '../packages/lab/src/results/load-result.ts'

/**
 * Writes the published JSON Schemas of the result files and the price file: `npm run docs`. Written without line breaks,
 * they are formatted with small objects on one line, in half as many lines. Tests compare them with their sources.
 */

for (const [path, schema] of [
  ['../packages/lab/src/results/load-result.schema.json', LoadResultSchema],
  ['../packages/lab/src/results/comparison.schema.json', ComparisonFileSchema],
  ['../packages/lab/src/model/cost/prices.schema.json', PRICES_SCHEMA],
] as const)
  writeFileSync(new URL(path, import.meta.url), `${JSON.stringify(schema)}\n`)
