import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Found, outcomeOf, skipped } from '../../campaign/found.ts'
import {
  type CampaignResult,
  markdownTable,
  terminalLines,
  writeReport,
} from '../../campaign/report.ts'
import { useFolder } from '../support/folder.ts'

const folder = useFolder()

const GOOD: Found = {
  name: 'kill-service',
  store: 'postgres',
  fault: 'SIGKILL',
  times: 20,
  acknowledged: 1000,
  carts: 12,
  units: 2500,
  lost: 0,
  doubled: 0,
  wrong: 0,
  failures: { STORE_BUSY: 3 },
  recoveries_ms: [600, 900, 1200],
  memory_bytes: 200 * 2 ** 20,
  descriptors: 40,
  checks: [{ criterion: 'no 500', measured: '0', passed: true }],
}

describe('the outcome of a part of the campaign', () => {
  it.each([
    ['everything is as it should be', {}, 'passed'],
    ['something was lost', { lost: 1 }, 'failed'],
    ['something was doubled', { doubled: 1 }, 'failed'],
    ['a read was wrong', { wrong: 1 }, 'failed'],
    [
      'a criterion was not met',
      { checks: [{ criterion: 'c', measured: 'm', passed: false }] },
      'failed',
    ],
    [
      'a criterion could not be decided',
      { checks: [{ criterion: 'c', measured: 'm', passed: null }] },
      'inconclusive',
    ],
    ['it was not run', { skipped: 'nginx is not installed' }, 'inconclusive'],
  ] as const)('when %s', (_, change, outcome) => {
    expect(outcomeOf({ ...GOOD, ...change })).toBe(outcome)
  })
})

it('the table has one row for each part, and below it is a line for each criterion', () => {
  const failed = { ...GOOD, checks: [{ criterion: 'memory', measured: '2 GB', passed: false }] }
  const lines = terminalLines([
    GOOD,
    failed,
    skipped('clock', 'postgres', 'jumps', 'libfaketime is not installed'),
  ])
  expect(lines).toHaveLength(6)
  expect(lines[1]).toMatch(
    /^kill-service +postgres +20 +1,000 +12 +2,500 +0 +0 +0 +STORE_BUSY 3 +900 \(1200\) ms +200 MB +40 +passed$/,
  )
  expect(lines[3]).toMatch(/libfaketime is not installed$/)
  expect(lines[4]).toBe('PASSED kill-service postgres: no 500 (0)')
  expect(lines[5]).toBe('FAILED kill-service postgres: memory (2 GB)')
  expect(markdownTable([GOOD]).split('\n')).toHaveLength(3)
})

it('the page plots memory over time for each store that has it', async () => {
  const result: CampaignResult = {
    format: 'pushcart-campaign',
    started_at: '2026-01-01',
    seed: 1,
    runs: 1,
    minutes: 5,
    machine: { system: 's', cpu: 'c', cores: 2, memory_gib: 8 } as CampaignResult['machine'],
    found: [GOOD],
  }
  const pageOf = async (found: readonly Found[]) => {
    await writeReport(folder, { ...result, found })
    return readFile(join(folder, 'campaign.html'), 'utf8')
  }
  expect(await pageOf([GOOD])).not.toContain('<svg')
  const samples = [100, 180, 160].map((mb, at) => ({ second: at * 60, bytes: mb * 2 ** 20 }))
  const page = await pageOf(
    ['postgres', 'dynamodb'].map((store) => ({ ...GOOD, store, memory_over_time: samples })),
  )
  expect(page.match(/<svg role="img"/g)).toHaveLength(2)
  expect(page).toContain('From 100 MB to 160 MB, at most 180 MB.')
})
