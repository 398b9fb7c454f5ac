import { writeFileSync } from 'node:fs'
import { describeRun } from '../packages/lab/src/compare/describe-run.ts'
import { serviceCosts } from '../packages/lab/src/compare/requirements/per-operation.ts'
import { evidenceOfRun } from '../packages/lab/src/model/decide/evidence-of-run.ts'
import type { OperationsPart } from '../packages/lab/src/results/schemas.ts'
import { startEmbeddedTargets } from '../packages/lab/src/services/embedded-targets.ts'

/**
 * Measures the reference figures of pushcart's own operations on the embedded databases: `node scripts/write-reference.ts`,
 * on a quiet machine, a minute.
 */
const SECONDS = 30
const PRODUCTS = Array.from({ length: 100 }, (_, index) => 900 + index)

await using started = await startEmbeddedTargets({
  poolSize: 10,
  keys: ['postgres', 'dynamodb-strong'],
})
const sides: OperationsPart['sides'][number][] = []
for (const { side, url, own } of started.targets) {
  console.log(side.label)
  const costs = await serviceCosts({ url, ...own }, { products: PRODUCTS, seconds: SECONDS })
  sides.push({ side: side.key, ...costs })
}
const settings = {
  iterations: 0,
  clients: 8,
  seed: 1,
  startedAt: new Date().toISOString(),
  command: 'node scripts/write-reference.ts',
}
const run = {
  environment: describeRun(
    settings,
    started.targets.map(({ side }) => side),
  ),
  quick_look: [],
  consistency: [],
  load: null,
  capacity: null,
  operations: { sides },
}
const part = evidenceOfRun(run, 'reference.json')
const figures = part.figures.map((figure) => ({
  ...figure,
  value: Number(figure.value.toPrecision(4)),
}))
writeFileSync(
  new URL('../packages/lab/src/model/decide/reference.json', import.meta.url),
  `${JSON.stringify({ ...part, by: `the project: ${part.by}`, figures }, null, 2)}\n`,
)
