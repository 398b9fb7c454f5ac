import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { create, line, options } from '../../contract/fixtures.ts'
import { openStandIn, type StandIn } from './stand-in.ts'

let database: TestDatabase
let first: StandIn
let second: StandIn
beforeAll(async () => {
  database = await createTestDatabase()
  await (await openPostgresStore({ databaseUrl: database.url, migrate: true })).close()
  first = await openStandIn(new URL(database.url))
  second = await openStandIn(new URL(database.url))
})
afterAll(async () => {
  await first.close()
  await second.close()
  await database.drop()
})

/** The URL with these servers instead of its own. */
function urlOf(ports: readonly number[], query = ''): string {
  const { username, password, pathname } = new URL(database.url)
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',')
  return `postgres://${username}:${password}@${hosts}${pathname}${query}`
}

/** A port on which no server can listen. */
const CLOSED = 1

describe('several servers', () => {
  it('connects to the first that can be reached and accepts changes', async () => {
    first.behaviour = { isStandby: true }
    const before = second.connections
    const store = await openPostgresStore({ databaseUrl: urlOf([CLOSED, first.port, second.port]) })
    await create(store)
    await store.close()
    expect(second.connections).toBeGreaterThan(before)
  })

  it('follows a failover: the change that the old primary refuses is made on the new one', async () => {
    first.behaviour = {}
    const store = await openPostgresStore({
      databaseUrl: urlOf([first.port, second.port]),
      poolSize: 1,
    })
    const cartId = await create(store)
    first.behaviour = {
      isStandby: true,
      endsSession: { code: '25006', when: 'add_batch', times: Number.POSITIVE_INFINITY },
    }
    expect(await store.addLines(cartId, [line(1)], options())).toMatchObject({ version: 2 })
    await store.close()
  })

  it('reports why none can be used', async () => {
    first.behaviour = { isStandby: true }
    await expect(
      openPostgresStore({ databaseUrl: urlOf([first.port, first.port]) }),
    ).rejects.toThrow('cannot be used: the server is a standby or read-only')
  })
})

describe('encryption', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pushcart-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  let tls: { key: Buffer; cert: Buffer }
  beforeAll(async () => {
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject]
    execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    tls = { key: await readFile(key), cert: await readFile(cert) }
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  async function connects(query: string): Promise<string> {
    try {
      await (await openPostgresStore({ databaseUrl: urlOf([first.port], query) })).close()
      return 'connected'
    } catch (error) {
      return (error as Error).message
    }
  }

  it.each([
    ['disable', 'connected', 'sslmode=verify-full'],
    ['allow', 'connected', 'connected'],
    ['prefer', 'connected', 'connected'],
    ['no-verify', 'does not support SSL', 'connected'],
    ['require', 'does not support SSL', 'sslrootcert'],
    ['verify-full', 'does not support SSL', 'sslrootcert'],
    [`verify-ca&sslrootcert=${cert}`, 'does not support SSL', 'connected'],
  ])('sslmode=%s: without TLS %s, with TLS only %s', async (mode, plain, encrypted) => {
    first.behaviour = {}
    expect(await connects(`?sslmode=${mode}`)).toContain(plain)
    first.behaviour = { tls }
    expect(await connects(`?sslmode=${mode}`)).toContain(encrypted)
  })

  it('prints no warnings of the driver', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    first.behaviour = {}
    for (const mode of ['prefer', 'allow', 'require', 'verify-ca'])
      await connects(`?sslmode=${mode}`)
    expect(warned).not.toHaveBeenCalled()
    warned.mockRestore()
  })
})

describe('a session that the server has ended', () => {
  it('while idle (57P05): the change cannot have been made, and is sent again', async () => {
    first.behaviour = {}
    const store = await openPostgresStore({ databaseUrl: first.url })
    const cartId = await create(store)
    first.behaviour = { endsSession: { code: '57P05', when: 'add_batch', times: 1 } }
    expect(await store.addLines(cartId, [line(1)], options())).toEqual({
      version: 2,
      replayed: false,
    })
    await store.close()
  })
})
