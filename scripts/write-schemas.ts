import { writeFileSync } from 'node:fs'
import { LoadResultSchema } from '../lab/load/load-result.ts'
import { PRICES_SCHEMA } from '../lab/model/cost/prices.ts'
import { ComparisonFileSchema } from '../lab/results/comparison-file.ts'

/**
 * Writes the published JSON Schemas of the result files and the price file: `npm run docs`. Written without line breaks,
 * they are formatted with small objects on one line, in half as many lines. Tests compare them with their sources.
 */

for (const [path, schema] of [
  ['../lab/load/load-result.schema.json', LoadResultSchema],
  ['../lab/results/comparison.schema.json', ComparisonFileSchema],
  ['../lab/model/cost/prices.schema.json', PRICES_SCHEMA],
] as const)
  writeFileSync(new URL(path, import.meta.url), `${JSON.stringify(schema)}\n`)
