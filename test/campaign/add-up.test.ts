import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { addToFolder, addUp, checkFolder } from '../../campaign/add-up.ts'
import { type Found, skipped } from '../../campaign/found.ts'
import { type CampaignResult, writeReport } from '../../campaign/report.ts'
import { useFolder } from '../support/folder.ts'

const folder = useFolder()

const RUN: Found = {
  ...skipped('kill-service', 'postgres', 'SIGKILL', ''),
  skipped: undefined,
  times: 20,
  acknowledged: 1000,
  carts: 10,
  units: 3000,
  lost: 0,
  doubled: 0,
  wrong: 0,
  failures: { STORE_BUSY: 3 },
  recoveries_ms: [40, 60],
  memory_bytes: 100,
  descriptors: 40,
  checks: [{ criterion: 'c', measured: 'first', passed: true }],
}

it('adds counts of the same part, keeps maxima and the worst outcome of each criterion', () => {
  const second: Found = {
    ...RUN,
    lost: 2,
    failures: { STORE_BUSY: 1, 'no response': 5 },
    recoveries_ms: [900],
    memory_bytes: 300,
    descriptors: 30,
    checks: [{ criterion: 'c', measured: 'second', passed: false }],
  }
  const other = { ...RUN, store: 'dynamodb' }
  const notRun = skipped('kill-service', 'postgres', 'SIGKILL', 'could not be run')
  expect(addUp([RUN, other, second, RUN, notRun])).toEqual([
    {
      ...RUN,
      times: 60,
      acknowledged: 3000,
      carts: 30,
      units: 9000,
      lost: 2,
      failures: { STORE_BUSY: 7, 'no response': 5 },
      recoveries_ms: [40, 60, 900, 40, 60],
      memory_bytes: 300,
      checks: [{ criterion: 'c', measured: 'second', passed: false }],
    },
    other,
  ])
})

it('takes a criterion for decided when one of the runs could decide it', () => {
  const undecided = { ...RUN, checks: [{ criterion: 'c', measured: 'none', passed: null }] }
  expect(addUp([undecided, RUN, undecided])[0]?.checks).toEqual(RUN.checks)
  expect(addUp([undecided, undecided])[0]?.checks).toEqual(undecided.checks)
})

it('adds a run to the result in a folder, and refuses files that are no such result', async () => {
  const run = (seed: number): CampaignResult => ({
    format: 'pushcart-campaign',
    started_at: `2026-01-0${seed}`,
    seed,
    runs: 1,
    minutes: 1,
    machine: { system: 's', cpu: 'c', cores: 2, memory_gib: 8 } as CampaignResult['machine'],
    found: [RUN],
  })
  const first = await addToFolder(folder, run(1))
  expect(first).toEqual(run(1))
  await writeReport(folder, first)
  await checkFolder(folder, undefined)
  const both = await addToFolder(folder, run(2))
  expect(both).toMatchObject({ started_at: '2026-01-01', seed: 1, runs: 2, found: [{ times: 40 }] })

  await expect(checkFolder(folder, 'document')).rejects.toThrow(/--add: .* layout/)
  for (const text of ['{}', 'no JSON']) {
    await writeFile(join(folder, 'campaign.json'), text)
    await expect(checkFolder(folder, undefined)).rejects.toThrow(/no result of this release/)
  }
})
