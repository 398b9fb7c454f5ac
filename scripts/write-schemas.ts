import { writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { ApiSchema } from '../packages/lab/src/cart-api/api.ts'
import { pushcartDescription } from '../packages/lab/src/cart-api/pushcart-api.ts'
import { PRICES_SCHEMA } from '../packages/lab/src/model/cost/prices.ts'
import { SHOP_SCHEMA } from '../packages/lab/src/model/decide/shop.ts'
import { ComparisonFileSchema } from '../packages/lab/src/results/comparison-file.ts'
import { ImportedResultSchema } from '../packages/lab/src/results/imported-result.ts'
import { LoadPartFileSchema } from '../packages/lab/src/results/load-part.ts'
import { LoadResultSchema } from '../packages/lab/src/results/load-result.ts'

/**
 * Writes the published JSON Schemas of the result files, price files, shop files and API files, and the API file of pushcart:
 * `npm run docs`. Written without line breaks,
 * they are formatted with small objects on one line, in half as many lines. Tests compare them with their sources.
 */

for (const [path, schema] of [
  ['../packages/lab/src/cart-api/api.schema.json', ApiSchema],
  ['../packages/lab/src/results/load-result.schema.json', LoadResultSchema],
  ['../packages/lab/src/results/load-part.schema.json', LoadPartFileSchema],
  ['../packages/lab/src/results/imported-result.schema.json', ImportedResultSchema],
  ['../packages/lab/src/results/comparison.schema.json', ComparisonFileSchema],
  ['../packages/lab/src/model/cost/prices.schema.json', PRICES_SCHEMA],
  ['../packages/lab/src/model/decide/shop.schema.json', SHOP_SCHEMA],
] as const)
  writeFileSync(new URL(path, import.meta.url), `${JSON.stringify(schema)}\n`)

writeFileSync(
  new URL('../packages/lab/apis/pushcart.yaml', import.meta.url),
  `# The API of pushcart, from src/cart-api/pushcart-api.ts: \`npm run docs\` writes this file.
${stringify({ $schema: '../src/cart-api/api.schema.json', ...pushcartDescription }, { lineWidth: 100, aliasDuplicateObjects: false })}`,
)
