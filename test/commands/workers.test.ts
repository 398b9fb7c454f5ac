import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openPostgresStore } from '../../packages/service/src/store/postgres/postgres-store.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { CLI, runCli } from './cli.ts'

const MEMORY = { CART_STORE_TYPE: 'memory', DATABASE_URL: '' }

const folder = mkdtempSync(join(tmpdir(), 'pushcart-workers-'))
afterAll(() => rmSync(folder, { recursive: true }))

const started: ChildProcess[] = []
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

interface LogLine {
  readonly msg: string
  readonly pid?: number
  readonly worker?: number
  readonly removed?: number
}

function forkWorkers(count: number, env: Record<string, string>, args: string[] = []) {
  const child = fork(CLI, ['serve', '--workers', `${count}`, ...args], {
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'info', ...env },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  started.push(child)
  child.stdout?.resume()
  return child
}

/** `pushcart serve --workers ...`, with the log of its processes. */
async function startWorkers(count: number, env: Record<string, string>, args: string[] = []) {
  const child = forkWorkers(count, env, args)
  let err = ''
  child.stderr?.on('data', (chunk) => {
    err += chunk
  })
  const lines: LogLine[] = []
  const heard = new Set<() => void>()
  if (child.stdout === null) throw new Error('no stdout')
  createInterface(child.stdout).on('line', (line) => {
    lines.push(JSON.parse(line))
    for (const check of heard) check()
  })
  const closed = once(child, 'close')
  const [message] = await Promise.race([
    once(child, 'message'),
    closed.then(() => {
      throw new Error(`the service ended: ${err}`)
    }),
  ])
  return {
    url: (message as { url: string }).url,
    child,
    /** Waits for `count` log lines that start with `text`. */
    logged: (text: string, wanted = 1) =>
      new Promise<LogLine[]>((resolve) => {
        const check = () => {
          const found = lines.filter(({ msg }) => msg.startsWith(text))
          if (found.length < wanted) return
          heard.delete(check)
          resolve(found)
        }
        heard.add(check)
        check()
      }),
    ended: async () => {
      const [code] = await closed
      return { code, err }
    },
  }
}

/** One request on a new connection, so that the workers take turns. */
async function call(url: string, method = 'GET', body?: object) {
  const headers = { 'content-type': 'application/json', connection: 'close' }
  const answer = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text() }
}

/** Whether a process has the socket open that listens at a port. Linux only. */
async function hasListener(pid: number, port: number): Promise<boolean> {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = (await readFile('/proc/net/tcp', 'utf8'))
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
  const listener = rows.find(([, local, , state]) => local?.endsWith(ending) && state === '0A')
  const links = (await readdir(`/proc/${pid}/fd`)).map((fd) =>
    readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''),
  )
  return (await Promise.all(links)).includes(`socket:[${listener?.[9]}]`)
}

describe('pushcart serve --workers', () => {
  it.runIf(process.platform === 'linux')(
    'stops in the order that loses no connection: first the primary closes its listening socket',
    async () => {
      const { url, child, ended } = await startWorkers(1, { ...MEMORY, DRAIN_GRACE_MS: '2000' })
      const has = () => hasListener(child.pid ?? 0, Number(new URL(url).port))
      expect(await has()).toBe(true)
      child.kill('SIGTERM')
      while (await has()) await new Promise((resolve) => setTimeout(resolve, 10))
      expect((await call(`${url}/health/live`)).status).toBe(200)
      expect((await call(`${url}/metrics`)).text).toContain('pushcart_processes 1')
      expect(await ended()).toEqual({ code: 0, err: '' })
    },
  )

  it('ends its workers when the primary is killed while they stop', async () => {
    const { url, child, logged, ended } = await startWorkers(1, {
      ...MEMORY,
      DRAIN_GRACE_MS: '100000',
      DRAIN_TIMEOUT_MS: '100000',
    })
    const [{ pid = 0 } = {}] = await logged('listening at')
    child.kill('SIGTERM')
    while ((await call(`${url}/health/ready`)).status !== 503);
    child.kill('SIGKILL')
    await ended()
    const isRunning = () => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    while (isRunning()) await new Promise((resolve) => setTimeout(resolve, 10))
  })

  it('is one service on one port: carts, and metrics that never decrease', async () => {
    const database = await createTestDatabase()
    const service = await startWorkers(2, { DATABASE_URL: database.url }, ['--migrate'])
    const workers = await service.logged('listening at', 2)
    expect(workers.map(({ worker }) => worker).sort()).toEqual([1, 2])

    const created = await call(`${service.url}/shopping-carts`, 'POST', { customer_id: 7 })
    const { shopping_cart_id: id } = JSON.parse(created.text)
    // Workers accept connections as they get to it: a busy machine can give all of the first ones to one of them.
    let sent = 0
    const serving = new Set<number | undefined>()
    while (serving.size < 2) {
      await Promise.all(
        Array.from({ length: 20 }, () => call(`${service.url}/shopping-carts/${id}`)),
      )
      sent += 20
      const served = await service.logged('request', 1 + sent)
      for (const { worker } of served) serving.add(worker)
    }
    expect(serving).toEqual(new Set([1, 2]))

    const count =
      /^pushcart_http_request_duration_seconds_count\{(?=.*status="200")(?=.*:(?:id|cart_id)").*\} (\d+)$/m
    const before = await call(`${service.url}/metrics`)
    expect(count.exec(before.text)?.[1]).toBe(`${sent}`)
    expect(before.text).toMatch(/^pushcart_processes 2$/m)

    process.kill(workers[1]?.pid ?? 0, 'SIGKILL')
    await service.logged('listening at', 3)
    const after = await call(`${service.url}/metrics`)
    expect(count.exec(after.text)?.[1]).toBe(`${sent}`)
    expect(after.text).toMatch(/^pushcart_processes 2$/m)

    service.child.kill('SIGTERM')
    expect(await service.ended()).toEqual({ code: 0, err: '' })
    await database.drop()
  })

  it('returns the metrics of all processes at METRICS_PORT alone, with METRICS_TOKEN', async () => {
    const database = await createTestDatabase()
    const env = { DATABASE_URL: database.url, METRICS_PORT: '0', METRICS_TOKEN: 'a token' }
    const service = await startWorkers(2, env, ['--migrate'])
    const [line] = await service.logged('metrics at ')
    const url = line?.msg.replace('metrics at ', '') ?? ''
    const headers = { authorization: 'Bearer a token' }
    // More scrapes than workers, on new connections.
    for (let i = 0; i < 6; i++) {
      const text = await (await fetch(url, { headers: { ...headers, connection: 'close' } })).text()
      expect(text).toMatch(/^pushcart_processes 2$/m)
      expect((await call(url)).status).toBe(401)
      for (const path of ['/metrics', '/%6detrics'])
        expect((await fetch(`${service.url}${path}`, { headers })).status).toBe(404)
    }
    service.child.kill('SIGTERM')
    expect(await service.ended()).toEqual({ code: 0, err: '' })
    await database.drop()
  })

  it('finishes requests in flight on SIGTERM', async () => {
    const service = await startWorkers(1, MEMORY)
    const body = '{"customer_id": 7}'
    const slow = request(`${service.url}/shopping-carts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    })
    slow.write(body.slice(0, 5))
    const [socket] = (await once(slow, 'socket')) as [Socket]
    if (socket.connecting) await once(socket, 'connect')
    const arrived = /^pushcart_http_requests_in_flight 2$/m
    while (!arrived.test((await call(`${service.url}/metrics`)).text));
    service.child.kill('SIGTERM')
    // New connections are refused once the listener is closed; until then, responses say that it drains.
    let status = 200
    while (status === 200)
      status = await call(`${service.url}/health`).then(
        (answer) => answer.status,
        () => 0,
      )
    expect([0, 503]).toContain(status)
    slow.end(body.slice(5))
    const [answer] = await once(slow, 'response')
    answer.resume()
    expect(answer.statusCode).toBe(201)
    expect(await service.ended()).toEqual({ code: 0, err: '' })
  })

  it('replaces a worker that dies, and gives up when they keep dying', async () => {
    const service = await startWorkers(1, MEMORY)
    for (let death = 1; death <= 4; death++) {
      const found = await service.logged('listening at', death)
      expect((await call(`${service.url}/health`)).status).toBe(200)
      process.kill(found.at(-1)?.pid ?? 0, 'SIGKILL')
    }
    const { code, err } = await service.ended()
    expect(code).toBe(1)
    expect(err).toMatch(
      /^pushcart: workers died 4 times within 60 s, most recently: worker 1 \(\d+\) exited with SIGKILL\n$/,
    )
  }, 60_000)
})

describe('one worker of several', () => {
  it('sweeps expired carts, and so does its replacement', async () => {
    const database = await createTestDatabase()
    const env = { DATABASE_URL: database.url, CART_TTL_SECONDS: '1', SWEEP_INTERVAL_SECONDS: '1' }
    const service = await startWorkers(3, env, ['--migrate'])
    for (let i = 0; i < 5; i++)
      await call(`${service.url}/shopping-carts`, 'POST', { customer_id: 7 })
    // The sweep leaves a margin of a minute after the expiry.
    await database.query('update carts set expires_at = expires_at - 120000, expires_hour = 0')
    // Workers log it before they listen, so all workers have logged it by now.
    await service.logged('listening at', 3)
    expect((await service.logged('sweeping')).map(({ worker }) => worker)).toEqual([1])
    let removed = 0
    for (let sweeps = 1; removed < 5; sweeps++) {
      const line = (await service.logged('removed expired carts', sweeps))[sweeps - 1]
      expect(line?.worker).toBe(1)
      removed += line?.removed ?? 0
    }
    expect(await database.query('select 1 from carts')).toEqual([])

    const [first] = await service.logged('sweeping')
    process.kill(first?.pid ?? 0, 'SIGKILL')
    await service.logged('listening at', 4)
    expect((await service.logged('sweeping', 2)).map(({ worker }) => worker)).toEqual([1, 1])
    service.child.kill('SIGTERM')
    expect(await service.ended()).toEqual({ code: 0, err: '' })
    await database.drop()
  }, 60_000)
})

describe('a primary that is killed', () => {
  it('while its workers start leaves no workers behind', async () => {
    const database = await createTestDatabase()
    await (await openPostgresStore({ databaseUrl: database.url, migrate: true })).close()
    const owner = new pg.Client({ connectionString: database.url })
    await owner.connect()
    // A worker reads this before it listens and waits until it can be read.
    await owner.query('begin; lock table pushcart_migrations in access exclusive mode')

    // A quarter of it is how long a worker waits for a lock.
    const env = { DATABASE_URL: database.url, DATABASE_STATEMENT_TIMEOUT_MS: '200000' }
    const child = forkWorkers(2, env)
    // The output ends when the last process that could write to it has ended.
    const closed = once(child, 'close')
    const waiting = `select 1 from pg_locks where not granted and relation = 'pushcart_migrations'::regclass`
    while ((await owner.query(waiting)).rowCount !== 2);
    child.kill('SIGKILL')
    expect(await closed).toEqual([null, 'SIGKILL'])
    await owner.end()
    await database.drop()
  }, 60_000)

  it('while its workers serve leaves no workers behind', async () => {
    const service = await startWorkers(1, MEMORY)
    service.child.kill('SIGKILL')
    expect((await service.ended()).code).toBeNull()
    await expect(call(`${service.url}/health`)).rejects.toThrow()
  }, 60_000)
})

describe('SIGHUP', () => {
  it.each([1, 2])(
    'makes %i worker(s) read the catalog file again',
    async (count) => {
      const file = join(folder, `catalog-${count}.csv`)
      const write = (name: string) => writeFileSync(file, `product_id,name,price\n1,${name},5\n`)
      write('Before')
      const database = await createTestDatabase()
      const env = { DATABASE_URL: database.url, CATALOG_FILE: file }
      const service = await startWorkers(count, env, ['--migrate'])
      const name = async () => JSON.parse((await call(`${service.url}/products/1`)).text).name
      expect(await name()).toBe('Before')

      write('After')
      service.child.kill('SIGHUP')
      await service.logged('catalog reloaded', count)
      for (let i = 0; i < 4; i++) expect(await name()).toBe('After')

      writeFileSync(file, 'product_id,name,price\n')
      service.child.kill('SIGHUP')
      const [refused] = await service.logged('catalog not reloaded')
      expect(refused?.msg).toContain('has no products')
      expect(await name()).toBe('After')

      service.child.kill('SIGTERM')
      expect(await service.ended()).toEqual({ code: 0, err: '' })
      await database.drop()
    },
    60_000,
  )
})

describe('pushcart serve --workers that cannot start', () => {
  it.each([
    ['2', MEMORY, 3, 'cannot have several workers'],
    ['2', { DATABASE_URL: '' }, 3, 'DATABASE_URL is not set'],
    ['2', { CART_MAX_LINES: '0', ...MEMORY }, 3, 'CART_MAX_LINES'],
    ['2', { DATABASE_URL: 'postgres://x:y@127.0.0.1:1/z' }, 1, 'STORE_UNAVAILABLE'],
    ['1', { CATALOG_FILE: 'missing.csv', ...MEMORY }, 3, 'CATALOG_FILE'],
    ['0', MEMORY, 3, '1 to 1024, or auto'],
    ['many', MEMORY, 3, '1 to 1024, or auto'],
  ])('%s of them with %j end with one clear line', async (count, env, code, message) => {
    const ended = await runCli(['serve', '--workers', count], { PORT: '0', ...env })
    expect(ended.err).toContain(message)
    expect(ended.err.split(message)).toHaveLength(2)
    expect(ended.err.split('\n').length).toBeLessThanOrEqual(3)
    expect(ended.code).toBe(code)
  })

  it('reports once that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const ended = await runCli(['serve', '--workers', '1'], { ...MEMORY, PORT: `${port}` })
    expect([ended.code, ended.err]).toEqual([1, expect.stringContaining('EADDRINUSE')])
    expect(ended.err.trim().split('\n')).toHaveLength(1)
    other.close()
  })
})
