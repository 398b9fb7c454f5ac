import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { InvalidRun } from '../../bench/invalid-run.ts'
import { addStatements } from '../../bench/opponents/statements.ts'
import { checkAcknowledged } from '../../bench/support/acknowledged.ts'
import { closedLoop } from '../../bench/support/closed-loop.ts'
import { driveHttp } from '../../bench/support/http-driver.ts'
import { completeStatus } from '../../bench/support/keep-alive.ts'
import { loadByNode } from '../../bench/support/load.ts'
import { loadByPg } from '../../bench/support/pgbench.ts'
import { cpuMs, residentMiB } from '../../bench/support/process-figures.ts'
import { writeRequests } from '../../bench/support/requests.ts'
import { seed, totals } from '../../bench/support/seed.ts'
import { openPostgresStore } from '../../packages/service/src/store/postgres/postgres-store.ts'
import { useFolder } from '../support/folder.ts'
import { listen } from '../support/listen.ts'
import { createTestDatabase } from '../support/postgres.ts'

const folder = useFolder()

const undo: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each()
})

/** A server that responds to gets with `status` and to posts with 204, and records the requests. */
async function startServer(status = 200) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`)
      if (request.method === 'POST') response.writeHead(204).end()
      else response.writeHead(status, { 'content-length': 2 }).end('{}')
    })
  })
  const { url, [Symbol.asyncDispose]: close } = await listen(server)
  undo.push(close)
  return { url, seen }
}

describe('the driver in Node', () => {
  it('counts the responses of the server', async () => {
    const { url, seen } = await startServer()
    const requests = await writeRequests(folder, 'add', [1, 10], 100)
    const result = await driveHttp({ url, requests, connections: 3, seconds: 0.2 })
    expect(result.answers).toBeGreaterThan(2)
    expect(result).toMatchObject({ answers: seen.length, failures: 0 })
    expect(result.p50_ms).toBeGreaterThan(0)
    expect(seen[0]).toMatch(
      /^POST \/shopping-carts\/[-0-9a-f]{36}\/items \{"product_id":\d,"quantity":1\}$/,
    )
  })

  it('counts statuses above 399 as failures', async () => {
    const { url } = await startServer(500)
    const requests = await writeRequests(folder, 'get', [1, 10], 100)
    const result = await driveHttp({ url, requests, connections: 1, seconds: 0.1 })
    expect(result.failures).toBe(result.answers)
  })

  it('makes a run invalid if nothing listens on the port', async () => {
    const requests = await writeRequests(folder, 'get', [1, 10], 100)
    const load = { url: 'http://127.0.0.1:1', requests, connections: 1, seconds: 1 }
    await expect(loadByNode(new AbortController().signal, load)).rejects.toThrow(InvalidRun)
  })

  it('counts a worker that rejects as one failure', async () => {
    const result = await closedLoop([() => Promise.reject(new Error('cut off'))], 60)
    expect(result).toMatchObject({ answers: 0, failures: 1 })
  })
})

describe('a response', () => {
  it.each([
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{', undefined],
    ['HTTP/1.1 200 OK\r\nContent-Length: 2\r\n', undefined],
    ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}', 200],
    ['HTTP/1.1 204 No Content\r\nETag: "2"\r\n\r\n', 204],
  ])('%j is complete: %s', (text, status) => {
    expect(completeStatus(Buffer.from(text))).toBe(status)
  })

  it('without a length is refused', () => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
    expect(() => completeStatus(Buffer.from(text))).toThrow('has no Content-Length')
  })
})

describe('on PostgreSQL', () => {
  it('seeds carts that the service reads, and the statements of an add do the same as an add', async () => {
    const database = await createTestDatabase()
    undo.push(database.drop)
    const store = await openPostgresStore({ databaseUrl: database.url, migrate: true })
    undo.push(() => store.close())
    await seed(database.url, [{ first: 1, count: 3, lines: 5 }])
    const before = await totals(database.url)
    expect(before).toEqual({ carts: 3, changes: 15, units: 15, quantities: 15 })

    const { signal } = new AbortController()
    let count = 0
    for (const statement of addStatements([1, 3])) {
      const load = { url: database.url, statement, clients: 2, seconds: 0.2 }
      const { answers } = await loadByPg(signal, load)
      expect(answers).toBeGreaterThan(0)
      count += answers
    }
    await checkAcknowledged(database.url, before, 'add', { count, inFlight: 0 })
    const more = { count: count + 1, inFlight: 0 }
    await expect(checkAcknowledged(database.url, before, 'add', more)).rejects.toThrow(InvalidRun)
  })
})

it.runIf(process.platform === 'linux')('reads CPU time and memory of a process', async () => {
  expect(await residentMiB(process.pid)).toBeGreaterThan(10)
  const { user, system } = process.cpuUsage()
  expect(await cpuMs(process.pid)).toBeGreaterThan((user + system) / 1000 / 2)
})
