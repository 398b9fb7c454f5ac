import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../../../test/support/listen.ts'
import { useOfDescendants } from '../../src/services/process-tree.ts'
import { readPrometheus } from '../../src/services/prometheus.ts'
import { bytesIn, watchService } from '../../src/services/watch-service.ts'

test('samples are summed by name and by each label, and other lines are ignored', () => {
  const page = readPrometheus(
    [
      '# HELP units Units.',
      'units{kind="read",table="a"} 2.5',
      'units{kind="write",table="a"} 4',
      'units{kind="read",table="b"} 1e1',
      'cpu_seconds_total 7',
      'broken NaN',
      'not a sample',
    ].join('\n'),
  )
  expect(page.get('units')).toBe(16.5)
  expect(page.get('units{kind="read"}')).toBe(12.5)
  expect(page.get('units{table="a"}')).toBe(6.5)
  expect(page.get('cpu_seconds_total')).toBe(7)
  expect([...page.keys()].some((name) => /broken|not/.test(name))).toBe(false)
})

async function serveMetrics(pages: readonly string[]): Promise<string> {
  let next = 0
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') response.writeHead(404).end()
    else response.end(pages[Math.min(next++, pages.length - 1)])
  })
  const { url, [Symbol.asyncDispose]: close } = await listen(server)
  onTestFinished(close)
  return url
}

test('counters are reported as the difference between both reads, gauges as the last value', async () => {
  const page = (cpu: number, read: number, memory: number) =>
    [
      `process_cpu_seconds_total ${cpu}`,
      `process_resident_memory_bytes ${memory}`,
      `pushcart_dynamodb_consumed_capacity_units_total{kind="read"} ${read}`,
      'pushcart_dynamodb_consumed_capacity_units_total{kind="write"} 8',
      'pushcart_store_pool{state="active"} 3',
      'pushcart_store_pool{state="idle"} 2',
      'pushcart_store_pool{state="waiting"} 9',
    ].join('\n')
  const url = await serveMetrics([page(10, 5, 100), page(12.5, 25, 300)])
  const looked = await (await watchService({ url }))()
  expect(looked).toEqual({
    service_cpu_s: 2.5,
    service_memory_bytes: 300,
    database_cpu_s: null,
    database_memory_bytes: null,
    database_disk_bytes: null,
    connections: 5,
    read_units: 20,
    write_units: 0,
    store_retries: null,
    store_throttles: null,
  })
})

test('a service without metrics is described by nulls, not zeros', async () => {
  const url = `${await serveMetrics(['<html>hello</html>'])}/`
  const looked = await (await watchService({ url }))()
  expect(Object.values(looked).every((value) => value === null)).toBe(true)
})

test('the size of an embedded database includes all files below its data folder', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pushcart-watch-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  await mkdir(join(dataDir, 'base'))
  await writeFile(join(dataDir, 'a'), 'x'.repeat(100))
  await writeFile(join(dataDir, 'base', 'b'), 'x'.repeat(11))
  const url = await serveMetrics([''])
  const looked = await (await watchService({ url, dataDir }))()
  expect(looked.database_disk_bytes).toBe(111)
  expect(await bytesIn(dataDir, 'base')).toBe(100)
})

test.runIf(process.platform === 'linux')(
  'a PostgreSQL server that is no descendant of the service is found by its data folder',
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'pushcart-watch-'))
    onTestFinished(() => rm(dataDir, { recursive: true }))
    const server = spawn(process.execPath, [
      '-e',
      "process.stdout.write('up');process.stdin.resume()",
    ])
    const ended = once(server, 'exit')
    await once(server.stdout, 'data')
    const cluster = join(dataDir, 'postgres', 'cluster')
    await mkdir(cluster, { recursive: true })
    const url = await serveMetrics([''])
    // This process has no children, so there is no database until the folder names one.
    const watched = { url, pid: server.pid, dataDir }
    const before = await (await watchService(watched))()
    await writeFile(join(cluster, 'postmaster.pid'), `${server.pid}\n${cluster}\n`)
    const looked = await (await watchService(watched))()
    server.kill()
    await ended
    expect([before.database_cpu_s, before.database_memory_bytes]).toEqual([null, null])
    expect(looked.database_cpu_s).not.toBeNull()
    expect(looked.database_memory_bytes).toBeGreaterThan(1e6)
  },
)

test.runIf(process.platform === 'linux')(
  'the resources of descendants include grandchildren, but not the process itself',
  async () => {
    const idle = 'process.stdin.resume()'
    const parent = spawn(
      process.execPath,
      [
        '-e',
        `const { spawn } = require('node:child_process')
         const child = spawn(process.execPath, ['-e', ${JSON.stringify(`process.stdout.write('up');${idle}`)}], { stdio: ['pipe', 'pipe', 'inherit'] })
         child.stdout.once('data', () => process.stdout.write('up'))
         ${idle}`,
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    const ended = once(parent, 'exit')
    await once(parent.stdout, 'data')
    const pid = parent.pid ?? 0
    const [mine, below] = [await useOfDescendants(process.pid), await useOfDescendants(pid)]
    expect(below?.memory_bytes).toBeGreaterThan(1e6)
    expect(mine?.memory_bytes).toBeGreaterThan((below?.memory_bytes ?? 0) + 1e6)
    parent.kill()
    await ended
  },
)
