import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/postgres.ts'
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts'
import { create, line, options, strong } from '../../contract/fixtures.ts'
import { openStandIn } from './stand-in.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  await (await openPostgresStore({ databaseUrl: database.url, migrate: true })).close()
})
afterAll(() => database.drop())

/** Makes concurrent changes, so that a pooler mixes its sessions if it can. */
async function useStore(databaseUrl: string, session: 'startup' | 'set' | 'role'): Promise<void> {
  const store = await openPostgresStore({ databaseUrl, session })
  try {
    const carts = await Promise.all(Array.from({ length: 20 }, () => create(store)))
    await Promise.all(carts.map((cartId) => store.addLines(cartId, [line(1)], options())))
    await Promise.all(carts.map((cartId) => store.setLine(cartId, line(1, 3), options())))
    for (const cartId of carts) expect((await store.getCart(cartId, strong())).version).toBe(3)
  } finally {
    await store.close()
  }
}

describe('a pooler that refuses start-up parameters', () => {
  it('stops the start with the reason and the setting, and works with the setting', async () => {
    const pooler = await openStandIn(new URL(database.url), {
      refusesParameter: /^(options|statement_timeout|lock_timeout)$/,
    })
    await expect(useStore(pooler.url, 'startup')).rejects.toThrow(
      /^The database of DATABASE_URL cannot be used: unsupported startup parameter: \w+: .*DATABASE_SESSION_SETTINGS=set/,
    )
    await useStore(pooler.url, 'set')
    await pooler.close()
  })

  it('needs timeouts of the role, if sessions get none', async () => {
    await expect(useStore(database.url, 'role')).rejects.toThrow(
      'DATABASE_SESSION_SETTINGS=role requires timeouts of the role: alter role ... set statement_timeout = 5000; alter role ... set lock_timeout = 1250 (found 0 ms and 0 ms)',
    )
  })
})

const hasPgBouncer = (() => {
  try {
    return execFileSync('pgbouncer', ['--version']).length > 0
  } catch {
    return false
  }
})()

/** `apt-get install pgbouncer`; without it, the stand-in above has to do. */
describe.runIf(hasPgBouncer).each(['session', 'transaction'])(
  'PgBouncer, pooling by %s',
  (mode) => {
    let folder: string
    let url: string
    let bouncer: ReturnType<typeof spawn>
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'pushcart-pgbouncer-'))
      const target = new URL(database.url)
      const port = await freePort()
      url = Object.assign(new URL(database.url), { port: `${port}` }).href
      const name = target.pathname.slice(1)
      // As `alter role` would, but for this database only.
      await database.query(`alter database ${name} set statement_timeout = 5000`)
      await database.query(`alter database ${name} set lock_timeout = 1250`)
      await writeFile(join(folder, 'users'), `"${target.username}" "${target.password}"\n`)
      await writeFile(
        join(folder, 'ini'),
        `[databases]
${name} = host=${target.hostname} port=${target.port} dbname=${name} user=${target.username} password=${target.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${join(folder, 'users')}
pool_mode = ${mode}
default_pool_size = 20
`,
      )
      // PgBouncer does not run as root.
      const { uid, gid } = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
      execFileSync('chmod', ['-R', 'a+rX', folder])
      bouncer = spawn('pgbouncer', [join(folder, 'ini')], {
        stdio: 'ignore',
        ...(uid !== undefined && { uid, gid }),
      })
      while (!(await accepts(port)));
    })
    afterAll(async () => {
      const exited = once(bouncer, 'exit')
      bouncer.kill('SIGKILL')
      await exited
      await rm(folder, { recursive: true })
      await database.query(`alter database ${new URL(url).pathname.slice(1)} reset all`)
    })

    it('refuses start-up parameters', async () => {
      await expect(useStore(url, 'startup')).rejects.toThrow('DATABASE_SESSION_SETTINGS=set')
    })

    it(
      mode === 'session'
        ? 'works with settings by statement'
        : 'refuses settings by statement at the start',
      async () => {
        if (mode === 'session') await useStore(url, 'set')
        else
          await expect(useStore(url, 'set')).rejects.toThrow(
            'a connection pooler gives every transaction another session: set DATABASE_SESSION_SETTINGS=role',
          )
      },
    )

    it('works with settings of the role', async () => {
      await useStore(url, 'role')
    })
  },
)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy())
  })
}
