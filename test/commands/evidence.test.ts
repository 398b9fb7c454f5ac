import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readPrices } from '../../packages/lab/src/model/cost/read-prices.ts'
import { decide } from '../../packages/lab/src/model/decide/decide.ts'
import { isMeasured } from '../../packages/lab/src/model/terms/source.ts'
import { readComparison, writeComparison } from '../../packages/lab/src/results/comparison-text.ts'
import { describingItself } from '../../packages/lab/test/compare/compare-support.ts'
import { sampleFile } from '../../packages/lab/test/model/decide/sample-file.ts'
import { startFakeCartService } from '../support/fake-cart-service.ts'
import { useFolder } from '../support/folder.ts'
import { runCli } from './cli.ts'

const folder = useFolder()
const HEALTH = { status: 'ok', store: 'postgres', engine: 'external', read_consistency: 'strong' }

test('two running services with --evidence end in a choice for every shop', {
  timeout: 120_000,
}, async () => {
  await using postgres = await startFakeCartService({ misbehave: describingItself(HEALTH) })
  await using dynamodb = await startFakeCartService({
    misbehave: describingItself({ ...HEALTH, store: 'dynamodb', emulator: false }),
  })
  const embedded = join(folder, 'embedded.json')
  await writeFile(embedded, writeComparison(withoutFormat(sampleFile())))
  const figures = join(folder, 'rds.yaml')
  await writeFile(
    figures,
    stringify({
      format: 'pushcart figures',
      version: 1,
      by: 'RDS Performance Insights',
      measured_at: '2026-11-29',
      stores: { postgres: { operations: { add_items: { log_bytes: 700 } } } },
    }),
  )
  const output = join(folder, 'out')
  const { code, err } = await runCli([
    ...['compare', '--a', postgres.url, '--b', dynamodb.url, '--output', output],
    ...['--iterations', '2', '--clients', '4'],
    ...['--evidence', figures, '--evidence', embedded],
  ])
  expect(err).not.toMatch(/error/)
  expect(code).toBe(0)
  const file = readComparison(await readFile(join(output, 'results.json'), 'utf8'))
  expect(file.evidence?.map(({ file: name }) => name)).toEqual([
    'rds.yaml',
    'embedded.json',
    'reference.json',
  ])
  const { advice, evidence } = decide(file, readPrices())
  expect(advice).toHaveLength(4)
  for (const { choice } of advice) expect(['postgres', 'dynamodb', 'either']).toContain(choice)
  expect(evidence.postgres.operations.add_items).toMatchObject({
    log_bytes: { value: 700, source: { kind: 'measured_elsewhere', file: 'rds.yaml' } },
    database_cpu_s: { value: 1e-4, source: { kind: 'measured_elsewhere', file: 'embedded.json' } },
  })
  const times = advice[0]?.standings.dynamodb.parameters.filter(
    ({ name }) => name === 'latency_p50',
  )
  expect(times?.length).toBeGreaterThan(0)
  for (const time of times ?? []) expect(isMeasured(time)).toBe(true)
})

test.each([
  ['missing.yaml', null, 'no such file'],
  ['empty.yaml', '', 'the file must be object'],
  ['broken.yaml', 'a: [', 'not YAML'],
  [
    'other.json',
    '{"format": "pushcart figures"}',
    "the file must have required property 'version'",
  ],
  ['foreign.json', '{}', "the value must have required property 'format'"],
])('%s as evidence gets one clear line and exit code 3', async (name, content, reason) => {
  const path = join(folder, name)
  if (content !== null) await writeFile(path, content)
  const { code, err } = await runCli(['compare', '--evidence', path])
  expect(code).toBe(3)
  expect(err.trim().split('\n')).toHaveLength(1)
  expect(err).toContain(reason)
})

function withoutFormat({ format: _, version: __, ...parts }: ReturnType<typeof sampleFile>) {
  return parts
}
