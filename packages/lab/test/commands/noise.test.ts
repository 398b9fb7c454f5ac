import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type MadeUpComparison,
  madeUpComparison,
  twoSides,
} from '../../../../test/support/comparison.ts'
import { startFakeCartService } from '../../../../test/support/fake-cart-service.ts'
import { useFolder } from '../../../../test/support/folder.ts'
import { compareCommand } from '../../src/commands/compare.ts'
import { compareSettings } from '../../src/commands/compare-settings.ts'
import { reportCommand } from '../../src/commands/report.ts'
import { EXIT } from '../../src/errors/exit-codes.ts'
import { findLoad } from '../../src/report/performance/findings.ts'
import type { ComparisonParts } from '../../src/results/comparison-file.ts'
import { readComparison, writeComparison } from '../../src/results/comparison-text.ts'
import { POSTGRES, side } from '../report/fixtures.ts'
import { runRecorded } from './commands-support.ts'

const folder = useFolder()
const LOAD = { rate: 150, duration: 2, connections: 4, mix: 'read-heavy' } as const
const { load } = compareSettings({ ...LOAD, self: true }, '2026-03-01T12:00:00.000Z')
if (load === null) throw new Error('a rate implies a load')
const { spec } = load

/** PostgreSQL against itself. */
function againstItself(options: MadeUpComparison = {}): ComparisonParts {
  const [a, b] = ['a', 'b'].map((letter) => ({
    side: { ...POSTGRES, key: `postgres-${letter}`, label: `PostgreSQL ${letter}` },
    ms: 1,
  }))
  if (a === undefined || b === undefined) throw new Error('there are two')
  return madeUpComparison([a, b], { blocks: 8, spec, ...options })
}

function twoServices(options: MadeUpComparison = {}): ComparisonParts {
  const sides = twoSides(side('x', 'X'), 1, side('y', 'Y'), 1.5)
  return madeUpComparison(sides, { blocks: 10, spec, ...options })
}

async function saved(name: string, parts: ComparisonParts): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, writeComparison(parts))
  return path
}

const WRONG: readonly (readonly [name: string, text: string, reason: RegExp])[] = [
  ['damaged', writeComparison(againstItself()).slice(0, 9000), /not JSON, or truncated$/],
  ['two services', writeComparison(twoServices()), /not an A\/A run; measure one with/],
  ['no load', writeComparison({ ...againstItself(), load: null }), /contains no load; /],
  ['rate', made({ rate: 100 }), /under another load: rate is 100 there and 150 here$/],
  ['mix', made({ mix: 'hot' }), /mix is hot there and read-heavy here$/],
  ['duration', made({ duration_s: 6 }), /duration_s is 6 there and 2 here$/],
  ['connections', made({ connections: 32 }), /connections is 32 there and 4 here$/],
  ['loop', made({ loop: 'closed', rate: null }), /loop is closed there and open here$/],
  [
    'few valid blocks',
    writeComparison(againstItself({ invalid: [0, 1, 2] })),
    /only 5 of 8 blocks are valid: /,
  ],
  [
    'few blocks',
    writeComparison(againstItself({ blocks: 3 })),
    /no ratio has a confidence interval/,
  ],
]

function made(changed: Partial<typeof spec>): string {
  return writeComparison(againstItself({ spec: { ...spec, ...changed } }))
}

test.each(WRONG)('a noise file with %s is one line and exit code 3', async (name, text, reason) => {
  await using service = await startFakeCartService()
  const noise = join(folder, `${name}.json`)
  await writeFile(noise, text)
  const results = await saved('unchanged.json', twoServices())
  const before = await readFile(results, 'utf8')
  const output = join(folder, 'never')
  const { url } = service
  const runs = [
    await runRecorded((io) => reportCommand(results, { noise, output }, io)),
    await runRecorded((io) => compareCommand({ ...LOAD, a: url, b: url, noise, output }, io)),
  ]
  for (const { code, stdout, stderr } of runs) {
    expect([code, stdout, stderr.length]).toEqual([EXIT.usage, [], 1])
    expect(stderr[0]).toContain(noise)
    expect(stderr[0]).toMatch(reason)
  }
  expect(service.requests).toEqual([])
  expect(await readFile(results, 'utf8')).toBe(before)
})

test('a noise file without a load to compare is one line and exit code 3', async () => {
  const noise = await saved('aa.json', againstItself())
  const quick = await saved('quick.json', { ...twoServices(), load: null })
  const runs = [
    await runRecorded((io) => reportCommand(quick, { noise }, io)),
    await runRecorded((io) => compareCommand({ noise }, io)),
  ]
  for (const { code, stdout, stderr } of runs) {
    expect([code, stdout]).toEqual([EXIT.usage, []])
    expect(stderr).toEqual([expect.stringMatching(/^error: noise: .* load/)])
  }
})

test('the noise floor of a report is recorded in its result file, and shown from then on', async () => {
  const aa = againstItself({ seed: 7 })
  const noise = await saved('aa.json', aa)
  const results = await saved('results.json', twoServices())
  const first = await runRecorded((io) => reportCommand(results, { noise }, io))
  expect(first.code).toBe(EXIT.good)
  const recorded = readComparison(await readFile(results, 'utf8'))
  const comparisons = aa.load === null ? [] : findLoad(aa.load, aa.environment.sides).pairs
  expect(recorded).toEqual({
    ...readComparison(writeComparison(twoServices())),
    noise: {
      file: 'aa.json',
      started_at: aa.environment.started_at,
      figures: comparisons
        .flatMap((pair) => pair.comparisons)
        .filter(({ ratio }) => ratio !== null)
        .map(({ name, ratio, interval }) => ({ name, ratio, ...interval })),
    },
  })
  expect(recorded.noise?.figures.length).toBeGreaterThan(5)
  expect(first.stdout.join('\n')).toMatch(/times as fast as Y .* beyond the noise floor of 1\.\d\d/)
  const again = await runRecorded((io) => reportCommand(results, {}, io))
  expect(again.stdout).toEqual(first.stdout)
  expect(await readdir(folder)).not.toContain('results.json.new')
})
