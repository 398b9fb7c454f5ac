import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  answering,
  type FakeOptions,
  onlyWhen,
  startFakeCartService,
} from '../../../../test/support/fake-cart-service.ts'
import {
  type ConsistencyCommandOptions,
  consistencyCommand,
} from '../../src/commands/consistency.ts'
import { runCommand } from '../../src/commands/run-command.ts'
import { ownFolder, readRecords, recordingIo } from './commands-support.ts'

async function consistency(
  fake: FakeOptions,
  options: Partial<ConsistencyCommandOptions> = {},
  signal?: AbortSignal,
) {
  const output = join(await ownFolder(), 'consistency.json')
  await using service = await startFakeCartService(fake)
  const io = recordingIo(signal)
  const given = { host: service.url, iterations: 1, clients: 4, settleMs: 100, output, ...options }
  const code = await runCommand(io, false, () => consistencyCommand(given, io))
  return { code, io, output, records: await readRecords(output) }
}

describe('pushcart consistency', () => {
  it('writes a flat array with every scenario of every iteration, prints a summary, exits 0', async () => {
    const { code, io, records, output } = await consistency({}, { iterations: 2 })
    expect(code).toBe(0)
    expect(records.map((record) => record.scenario)).toEqual([
      ...['create_then_read', 'write_then_read_items', 'rapid_updates', 'concurrent_updates'],
      ...['create_then_read', 'write_then_read_items', 'rapid_updates', 'concurrent_updates'],
    ])
    expect(io.stdout).toEqual([
      'reads after a write    records  failed  reads  consistent       %',
      'create_then_read             2       0     10          10  100.00',
      'write_then_read_items        2       0     10          10  100.00',
      '',
      'updates             records  failed  sent  acknowledged  lost  duplicated',
      'rapid_updates             2       0    20            20     0           0',
      'concurrent_updates        2       0    40            40     0           0',
      `8 records written to ${output}`,
    ])
  })

  it('exits 0 when reads are stale, and reports how many', async () => {
    const { code, io } = await consistency({ staleReads: 1 })
    expect(code).toBe(0)
    expect(io.stdout[1]).toMatch(/^create_then_read +1 +0 +5 +4 +80\.00$/)
  })

  it('exits 1 when concurrent adds were lost, and reports how many', async () => {
    const { code, io, records } = await consistency({ adds: 'racy' })
    expect(code).toBe(1)
    const lost = records.find((record) => record.scenario === 'concurrent_updates')?.lost_updates
    expect(lost).toBeGreaterThan(0)
    expect(io.stdout[0]).toMatch(
      new RegExp(
        `^${lost} of 30 acknowledged changes are missing at the end \\(\\d+ of every 1,000\\)`,
      ),
    )
    expect(io.stdout[7]).toMatch(new RegExp(`^concurrent_updates +1 +1 +20 +20 +${lost} +0$`))
    expect(io.stderr.at(-1)).toBe(`  1 x concurrent_updates: lost: ${lost} of 20 acknowledged adds`)
  })

  it('exits 1 when adds were stored twice', async () => {
    const { code, io } = await consistency({ adds: 'twice' })
    expect(code).toBe(1)
    expect(io.stdout[7]).toMatch(/ 0 +20$/)
  })

  it('exits 1 when a step failed, with a complete summary', async () => {
    const { code, io, records } = await consistency({ misbehave: answering(404, '{}') })
    expect(code).toBe(1)
    expect(records).toHaveLength(4)
    expect(io.stdout.slice(1, 3)).toEqual([
      'create_then_read             1       1      0           0  -',
      'write_then_read_items        1       1      0           0  -',
    ])
    expect(io.stdout[6]).toMatch(/^concurrent_updates +1 +1 +0 +0 +- +-$/)
    expect(io.stderr).toContain('failed: 4 of 4 scenarios')
  })

  it('exits 2 when it is interrupted, and writes the records so far to a partial file', async () => {
    const controller = new AbortController()
    const misbehave = onlyWhen(
      ({ seen }) => seen.path.includes('cart%203/'),
      () => controller.abort(),
    )
    const { code, io, records } = await consistency({ misbehave }, {}, controller.signal)
    expect(code).toBe(2)
    expect(records).toHaveLength(2)
    expect(io.stderr).toContain('interrupted: 2 of 4 scenarios were completed')
  })

  it('reports that one client is inconclusive about concurrent adds', async () => {
    const { code, io } = await consistency({}, { clients: 1 })
    expect(code).toBe(0)
    expect(io.stderr).toContain(
      'one client sends no concurrent adds: concurrent_updates is inconclusive',
    )
  })

  it.each([
    [{ iterations: 0 }, 'iterations: must be an integer between 1 and 100000 (got 0)'],
    [{ iterations: Number.NaN }, 'iterations: must be an integer between 1 and 100000 (got NaN)'],
    [{ clients: 2.5 }, 'clients: must be an integer between 1 and 1000 (got 2.5)'],
    [{ clients: 1001 }, 'clients: must be an integer between 1 and 1000 (got 1001)'],
    [{ seed: 0.1 }, /^seed: must be an integer between .* \(got 0.1\)$/],
    [{ host: 'nonsense' }, /^host: "nonsense" is not an http or https URL/],
  ])('exits 3 with one line for %j', async (bad, message) => {
    const io = recordingIo()
    const output = join(await ownFolder(), 'x.json')
    const given = { host: 'http://127.0.0.1:1', iterations: 1, output, ...bad }
    expect(await runCommand(io, false, () => consistencyCommand(given, io))).toBe(3)
    expect(io.stderr).toHaveLength(1)
    expect(io.stderr[0]?.replace(/^error: /, '')).toMatch(message)
    expect(io.stdout).toEqual([])
  })
})
