import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  answering,
  type FakeOptions,
  hangingUpMidBody,
  onlyWhen,
  startFakeCartService,
  stayingSilent,
} from '../../../../test/support/fake-cart-service.ts'
import { perfCommand } from '../../src/commands/perf.ts'
import type { PerfRecord } from '../../src/results/perf-record.ts'
import { summarise } from '../../src/stats/summarise.ts'
import { ownFolder, readRecords, runRecorded } from './commands-support.ts'

async function perf(fake: FakeOptions, timeLimitMs?: number, signal?: AbortSignal) {
  const output = join(await ownFolder(), 'new', 'folder', 'perf.json')
  await using service = await startFakeCartService(fake)
  const options = { host: service.url, output, timeLimitMs }
  const ran = await runRecorded((io) => perfCommand(options, io), { signal })
  return { ...ran, output, records: await readRecords(output), service }
}

describe('pushcart perf', () => {
  it('writes a flat array of 150 records with exactly the documented fields, and exits 0', async () => {
    const { code, records, io, output } = await perf({})
    expect(code).toBe(0)
    expect(records).toHaveLength(150)
    for (const record of records)
      expect(record).toEqual({
        operation: expect.stringMatching(/^(create_cart|add_items|get_cart)$/),
        response_time: expect.any(Number),
        success: true,
        status_code: expect.any(Number),
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      })
    expect(io.stdout.at(-1)).toBe(`150 records written to ${output}`)
  })

  it('prints the figures of the file, per operation and overall, in columns', async () => {
    const { io, records } = await perf({})
    const table = io.stdout.slice(0, 5)
    expect(table.map((line) => line.split(/\s+/)[0])).toEqual([
      'operation',
      'create_cart',
      'add_items',
      'get_cart',
      'overall',
    ])
    expect(new Set(table.map((line) => line.length)).size).toBe(1)
    const all = summarise(records as unknown as PerfRecord[])
    const figures = [all.average, all.min, all.max, all.p50, all.p95, all.p99]
    expect(table[4]?.split(/\s+/)).toEqual([
      'overall',
      '150',
      '0',
      ...figures.map((value) => value?.toFixed(2)),
    ])
  })

  it('shows its progress in a few plain lines without a terminal', async () => {
    const { io } = await perf({})
    expect(io.stderr).toEqual([
      'perf: 38 of 150 (25 %)',
      'perf: 75 of 150 (50 %)',
      'perf: 113 of 150 (75 %)',
      'perf: 150 of 150 (100 %)',
    ])
  })

  it('exits 1 when an operation failed, reports it, and writes all records', async () => {
    const { code, io, records } = await perf({
      misbehave: onlyWhen(({ count }) => count === 77, answering(500, '{}')),
    })
    expect(code).toBe(1)
    expect(records).toHaveLength(150)
    expect(records[76]).toMatchObject({
      operation: 'add_items',
      success: false,
      status_code: 500,
      error: 'expected 204, got 500',
    })
    expect(io.stderr.slice(-2)).toEqual([
      'failed: 1 of 150 operations',
      '  1 x add_items: expected 204, got 500',
    ])
  })

  it.each([
    ['another API', answering(404, '{}'), 404, 'expected 201, got 404'],
    ['garbage', answering(201, '<html>'), 201, 'the response has no shopping_cart_id'],
    ['half an answer', hangingUpMidBody(201), 201, /^response cut off after status 201/],
  ])('exits 1 when %s answers', async (_, misbehave, status_code, error) => {
    const { code, records } = await perf({ misbehave })
    expect(code).toBe(1)
    expect(records).toHaveLength(150)
    expect(records[0]).toMatchObject({ success: false, status_code })
    expect(records[0]?.error).toMatch(error)
    expect(records[149]).toMatchObject({ status_code: 0, error: 'no cart to use' })
  })

  it('exits 1 at the time limit, and writes the records so far to a partial file', async () => {
    const misbehave = onlyWhen(({ count }) => count > 10, stayingSilent)
    const { code, records, io } = await perf({ misbehave }, 1000)
    expect(code).toBe(1)
    expect(records).toHaveLength(10)
    expect(io.stderr).toContain(
      'failed: the test took longer than 1 s; 10 of 150 operations were completed',
    )
  })

  it('exits 2 when it is interrupted, and writes the records so far to a partial file', async () => {
    const controller = new AbortController()
    const misbehave = onlyWhen(
      ({ count }) => count === 31,
      () => controller.abort(),
    )
    const { code, records, io } = await perf({ misbehave }, undefined, controller.signal)
    expect(code).toBe(2)
    expect(records).toHaveLength(30)
    expect(io.stderr).toContain('interrupted: 30 of 150 operations were completed')
  })

  it('exits 3 with one line for a bad URL or seed', async () => {
    const output = join(await ownFolder(), 'perf.json')
    for (const bad of [
      { host: 'localhost:8080' },
      { host: 'http://127.0.0.1:1', seed: 1.5 },
      { host: 'http://127.0.0.1:1', seed: Number.NaN },
    ]) {
      const ran = await runRecorded((io) => perfCommand({ ...bad, output }, io))
      expect([ran.code, ran.stdout.length, ran.stderr.length]).toEqual([3, 0, 1])
      expect(ran.stderr[0]).toMatch(/^error: (host|seed): .+$/)
    }
  })

  it('exits 3 before sending anything when the file cannot be written', async () => {
    const folder = await ownFolder()
    await writeFile(join(folder, 'file'), 'kept')
    await using service = await startFakeCartService()
    // Below /proc no folder can be created, and the recursive mkdir of Node never ends.
    const nowhere = process.platform === 'linux' ? ['/proc/none/perf.json'] : []
    for (const output of [folder, join(folder, 'file', 'perf.json'), ...nowhere]) {
      const ran = await runRecorded((io) => perfCommand({ host: service.url, output }, io))
      expect([ran.code, ran.stderr.length]).toEqual([3, 1])
      expect(ran.stderr[0]).toContain(`error: output: cannot write ${output}: `)
    }
    expect(service.requests).toHaveLength(0)
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('kept')
  })

  it('creates no file when nothing was run', async () => {
    const folder = await ownFolder()
    const output = join(folder, 'perf.json')
    const { code } = await runRecorded((io) => perfCommand({ host: 'nonsense', output }, io))
    expect(code).toBe(3)
    expect(await readdir(folder)).toEqual([])
  })
})
