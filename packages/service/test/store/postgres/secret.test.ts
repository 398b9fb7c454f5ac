import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import type { CartStore } from '../../../src/store/cart-store.ts'
import { openPasswords } from '../../../src/store/postgres/password.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { codeOf, create, line, options, strong } from '../../contract/fixtures.ts'
import { ARN, KEYS, type SecretsManager, startSecretsManager } from './secrets-manager.ts'

const role = `secret_${process.pid}`
const login = { host: 'db.example', port: 5432, user: role }

let manager: SecretsManager
beforeEach(async () => {
  manager = await startSecretsManager()
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', manager.url)
  vi.stubEnv('AWS_ACCESS_KEY_ID', KEYS.accessKeyId)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', KEYS.secretAccessKey)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await manager.close()
})

const secretWith = (password: string) =>
  JSON.stringify({ username: role, password, engine: 'postgres' })

describe('a store whose password is in a secret that rotates', () => {
  let database: TestDatabase
  let databaseUrl: string
  const stores: CartStore[] = []
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
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()))
  })
  afterAll(async () => {
    await database.query(`drop owned by ${role}`)
    await database.query(`drop role ${role}`)
    await database.drop()
  })

  async function setPassword(password: string): Promise<void> {
    await database.query(`alter role ${role} password ${pg.escapeLiteral(password)}`)
  }

  /** A task that starts. */
  async function start(poolSize: number): Promise<CartStore> {
    const store = await openPostgresStore({ databaseUrl, password: { secret: ARN }, poolSize })
    stores.push(store)
    return store
  }

  /** More concurrent calls than there are connections. */
  function callMany(store: CartStore): Promise<string[]> {
    const lists = Array.from({ length: 20 }, () => store.listCarts(7, { now: 0, limit: 1 }))
    return Promise.all(lists.map(codeOf))
  }

  it('fails no request while it rotates under load and tasks start', async () => {
    await setPassword('password 0')
    manager.versions.AWSCURRENT = secretWith('password 0')
    const outcomes: string[] = []
    let stopped = false

    /** A client that sends its next request when the previous response arrives. */
    async function client(store: CartStore): Promise<void> {
      const cartId = await create(store)
      while (!stopped) {
        outcomes.push(await codeOf(store.setLine(cartId, line(1), options())))
        outcomes.push(await codeOf(store.getCart(cartId, strong())))
      }
    }

    const old = await start(20)
    const clients = [client(old)]
    for (let n = 1; n <= 5; n++) {
      // The steps of a rotation as AWS makes them: create, set, (test,) finish.
      manager.versions.AWSPENDING = secretWith(`password ${n}`)
      await setPassword(`password ${n}`)
      const pending = manager.next('AWSPENDING')
      // More clients at once than there are connections: new ones are opened with the new password.
      clients.push(...Array.from({ length: 3 }, () => client(old)))
      clients.push(client(await start(2)))
      await pending
      manager.versions.AWSCURRENT = secretWith(`password ${n}`)
      delete manager.versions.AWSPENDING
      clients.push(client(await start(2)), client(old))
    }
    stopped = true
    await Promise.all(clients)
    expect(outcomes.length).toBeGreaterThan(20)
    expect(new Set(outcomes)).toEqual(new Set(['nothing failed']))
    await Promise.all(stores.map((store) => store.ping()))
  })

  it('waits for a secret that is changed after the password, without a pending version', async () => {
    await setPassword('old')
    manager.versions.AWSCURRENT = secretWith('old')
    const store = await start(10)
    await setPassword('new')
    const pending = manager.next('AWSPENDING')
    const calls = callMany(store)
    // If the calls end before that, their outcomes say why.
    await Promise.race([pending, calls])
    manager.versions.AWSCURRENT = secretWith('new')
    expect(new Set(await calls)).toEqual(new Set(['nothing failed']))
  })

  it('is not ready with a secret that stays wrong, and ready again when it is right', async () => {
    await setPassword('right')
    manager.versions.AWSCURRENT = secretWith('right')
    const store = await start(10)
    await setPassword('another')
    // They share the connection that is open.
    expect(new Set(await callMany(store))).toEqual(new Set(['nothing failed']))
    const options = { databaseUrl, password: { secret: ARN }, statementTimeoutMs: 300 }
    expect(await codeOf(openPostgresStore(options))).toBe('STORE_MISCONFIGURED')
    expect(await codeOf(store.ping())).toBe('STORE_MISCONFIGURED')
    manager.versions.AWSCURRENT = secretWith('another')
    while ((await codeOf(store.ping())) !== 'nothing failed');
    expect(new Set(await callMany(store))).toEqual(new Set(['nothing failed']))
  })
})

describe('the password of a secret', () => {
  const open = () => openPasswords({ secret: ARN }, 5000)

  it('is read once for connections that are opened at the same time', async () => {
    manager.versions.AWSCURRENT = secretWith('s3cret')
    const passwords = open()
    expect(
      await Promise.all([passwords.read(login), passwords.read(login), passwords.read(login)]),
    ).toEqual(['s3cret', 's3cret', 's3cret'])
    expect(await passwords.read(login)).toBe('s3cret')
    expect(manager.asked).toEqual(['AWSCURRENT'])
  })

  it('is read again after the server has refused it', async () => {
    manager.versions.AWSCURRENT = secretWith('first')
    const passwords = open()
    await passwords.read(login)
    manager.versions.AWSCURRENT = secretWith('second')
    passwords.refused()
    expect(await passwords.read(login)).toBe('second')
  })

  it('is the latest one while the secret cannot be read', async () => {
    manager.versions.AWSCURRENT = secretWith('latest')
    const passwords = open()
    await passwords.read(login)
    passwords.refused()
    manager.denied = true
    expect(await passwords.read(login)).toBe('latest')
  })

  it('may be the whole secret', async () => {
    manager.versions.AWSCURRENT = 'not json'
    expect(await open().read(login)).toBe('not json')
  })

  it.each([
    ['{"username": "somebody", "password": "x"}', /is for the user "somebody", DATABASE_URL for/],
    ['{"user": "x"}', /has no member "password"$/],
    ['{"password": "s3cret', /is not valid JSON$/],
    [undefined, /ResourceNotFoundException: no version with AWSCURRENT$/],
  ])('cannot be %j', async (secret, message) => {
    if (secret !== undefined) manager.versions.AWSCURRENT = secret
    const failure = open().read(login)
    await expect(failure).rejects.toThrow(message)
    await expect(failure).rejects.toThrow(/^DATABASE_SECRET_ARN: (?!.*s3cret)/)
  })

  it('fails with the reason of Secrets Manager or the network', async () => {
    manager.denied = true
    await expect(open().read(login)).rejects.toThrow(
      'DATABASE_SECRET_ARN: AccessDeniedException: no right to read it',
    )
    await manager.close()
    await expect(open().read(login)).rejects.toThrow(/ECONNREFUSED/)
  })
})
