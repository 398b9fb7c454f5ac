import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hash } from '@smithy/core/serde'
import { SignatureV4 } from '@smithy/signature-v4'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { presignedToken } from '../../../src/store/postgres/iam-token.ts'
import { openPasswords, type PasswordSource } from '../../../src/store/postgres/password.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { openRecentFailures } from '../../../src/store/postgres/recent-failures.ts'
import { codeOf, create, line, options } from '../../contract/fixtures.ts'

const file = join(tmpdir(), `pushcart-password-${process.pid}`)
const role = `rotated_${process.pid}`
const login = { host: 'db.example', port: 5432, user: role }

describe('a store whose role is not a superuser', () => {
  let database: TestDatabase
  let databaseUrl: string
  let store: CartStore
  beforeAll(async () => {
    database = await createTestDatabase()
    await (await openPostgresStore({ databaseUrl: database.url, migrate: true })).close()
    await database.query(`create role ${role} login`)
    await database.query(`grant all on all tables in schema public to ${role}`)
    const url = new URL(database.url)
    url.username = role
    url.password = ''
    databaseUrl = url.href
  })
  afterAll(async () => {
    await database.query(`drop owned by ${role}`)
    await database.query(`drop role ${role}`)
    await database.drop()
    await rm(file)
  })
  beforeEach(async () => {
    await rotateTo('first')
    await writeFile(file, 'first\n')
    store = await openPostgresStore({ databaseUrl, password: { file }, poolSize: 10 })
  })
  afterEach(() => store.close())

  async function rotateTo(password: string): Promise<void> {
    await database.query(`alter role ${role} password ${pg.escapeLiteral(password)}`)
  }

  /** More concurrent calls than there are connections. */
  async function callMany(): Promise<Set<string>> {
    const carts = Array.from({ length: 20 }, () => store.listCarts(7, { now: 0, limit: 1 }))
    return new Set(await Promise.all(carts.map(codeOf)))
  }

  it('uses a changed password for new connections, without a restart', async () => {
    await rotateTo('second')
    await writeFile(file, 'second\n')
    expect(await callMany()).toEqual(new Set(['nothing failed']))
    await store.ping()
  })

  it('is not ready while most new connections fail, although an old connection works', async () => {
    await rotateTo('second')
    expect(await callMany()).toContain('STORE_MISCONFIGURED')
    expect(await codeOf(create(store))).toBe('nothing failed')
    expect(await codeOf(store.ping())).toBe('STORE_MISCONFIGURED')
    await writeFile(file, 'second')
    while ((await codeOf(store.ping())) !== 'nothing failed');
    expect(await callMany()).toEqual(new Set(['nothing failed']))
  })

  it('makes do with the connections that the server allows', async () => {
    await database.query(`alter role ${role} connection limit 2`)
    const carts = await Promise.all(Array.from({ length: 30 }, () => create(store)))
    const changes = carts.map((id) => codeOf(store.setLine(id, line(1), options())))
    expect(new Set(await Promise.all(changes))).toEqual(new Set(['nothing failed']))
    await store.ping()
    await database.query(`alter role ${role} connection limit -1`)
  })
})

describe('the password of a new connection', () => {
  const read = (source: PasswordSource) => openPasswords(source, 5000).read(login)

  it('is what a command prints', async () => {
    expect(await read({ command: "printf 's3cret\\n'" })).toBe('s3cret')
  })

  it.each<[PasswordSource, RegExp]>([
    [{ file: '/no/such/file' }, /^DATABASE_PASSWORD_FILE: ENOENT/],
    [{ command: 'true' }, /^DATABASE_PASSWORD_COMMAND: the password is empty$/],
    [
      { command: 'echo s3cret; printf "no vault\\nmore\\n" >&2; exit 4' },
      /^DATABASE_PASSWORD_COMMAND: exit 4: no vault$/,
    ],
  ])('%j fails with %s', async (source, message) => {
    await expect(read(source)).rejects.toThrow(message)
  })
})

describe('a token of AWS IAM', () => {
  it('is signed as the AWS SDK signs it', async () => {
    const keys = {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    }
    const server = { host: 'db.abc.eu-central-1.rds.amazonaws.com', port: 5432, user: 'carts' }
    const at = new Date(Date.UTC(2015, 7, 30, 12, 36))
    const token = presignedToken(server, keys, 'eu-central-1', at.getTime())
    const signer = new SignatureV4({
      service: 'rds-db',
      region: 'eu-central-1',
      credentials: keys,
      sha256: Hash.bind(null, 'sha256'),
    })
    const { query } = await signer.presign(
      {
        method: 'GET',
        protocol: 'https:',
        hostname: server.host,
        path: '/',
        headers: { host: `${server.host}:${server.port}` },
        query: { Action: 'connect', DBUser: server.user },
      },
      { expiresIn: 900, signingDate: at },
    )
    expect(Object.fromEntries(new URL(`https://${token}`).searchParams)).toEqual(query)
    expect(token).toMatch(
      /^db\.abc\.eu-central-1\.rds\.amazonaws\.com:5432\/\?Action=connect&DBUser=carts&.*&X-Amz-Signature=[0-9a-f]{64}$/,
    )
  })
})

describe('recent attempts to connect', () => {
  it('have prevailing failures if more than half failed within a minute', () => {
    let now = 0
    const recent = openRecentFailures(() => now)
    expect(recent.prevailing()).toBeUndefined()
    recent.record(undefined)
    recent.record('a')
    expect(recent.prevailing()).toBeUndefined()
    recent.record('b')
    expect(recent.prevailing()).toBe('b')
    now = 60_001
    expect(recent.prevailing()).toBeUndefined()
    for (let i = 0; i < 10; i++) recent.record('c')
    for (let i = 0; i < 5; i++) recent.record(undefined)
    expect(recent.prevailing()).toBeUndefined()
  })
})
