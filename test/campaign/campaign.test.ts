import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { CampaignResult } from '../../campaign/report.ts'
import { useFolder } from '../support/folder.ts'

const RUN = fileURLToPath(new URL('../../campaign/run.ts', import.meta.url))
const LIMIT_MS = 240_000
const folder = useFolder()

function campaign(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [RUN, ...args], { timeout: LIMIT_MS }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
    )
  })
}

describe.skipIf(process.platform !== 'linux')('npm run campaign', () => {
  it.each(['postgres', 'dynamodb'])(
    'on %s: kills of the service and the database lose, double and misread nothing',
    async (store) => {
      const output = join(folder, store)
      const args = ['--times', '2', '--minutes', '1', '--seed', '7', '--store', store]
      const { code, out, err } = await campaign(
        'kill-service',
        'kill-database',
        ...args,
        '--output',
        output,
      )
      expect([code, err]).toEqual([0, expect.any(String)])
      expect(out).toContain('kill-database')
      const result: CampaignResult = JSON.parse(
        await readFile(join(output, 'campaign.json'), 'utf8'),
      )
      expect(result.found).toHaveLength(2)
      for (const found of result.found) {
        expect(found).toMatchObject({ store, lost: 0, doubled: 0, wrong: 0, times: 2 })
        expect(found.acknowledged).toBeGreaterThan(0)
        expect(found.failures.INTERNAL_ERROR).toBeUndefined()
      }
      expect(await readFile(join(output, 'campaign.html'), 'utf8')).toContain('kill-service')
    },
    LIMIT_MS,
  )

  it.each(['lock-carts', 'freeze-database', 'kill-worker', 'kill-embedded'])(
    '%s loses, doubles and misreads nothing',
    async (part) => {
      const output = join(folder, part)
      const args = ['--times', '1', '--minutes', '1', '--seed', '8', '--store', 'postgres']
      const { code, out } = await campaign(part, ...args, '--output', output)
      // With what has failed, if anything has.
      expect([code, out]).toEqual([0, expect.any(String)])
      const result: CampaignResult = JSON.parse(
        await readFile(join(output, 'campaign.json'), 'utf8'),
      )
      expect(result.found).toMatchObject([{ name: part, lost: 0, doubled: 0, wrong: 0, times: 1 }])
    },
    LIMIT_MS,
  )

  it.each([
    ['kill-everything'],
    ['--minutes', 'soon'],
    ['--store', 'mysql'],
    ['--layout', 'columns'],
  ])(
    'refuses %s %s with exit code 3',
    async (...args) => {
      const { code, err } = await campaign(...args)
      expect(code).toBe(3)
      expect(err).not.toContain('    at ')
    },
    LIMIT_MS,
  )
})
