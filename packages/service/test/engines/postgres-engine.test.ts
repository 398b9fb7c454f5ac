import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { useFolder } from '../../../../test/support/folder.ts'
import { query as runQuery } from '../../../../test/support/query.ts'
import type { Engine } from '../../src/engines/engine.ts'
import { startPostgresEngine } from '../../src/engines/postgres-engine.ts'

describe('the embedded PostgreSQL', () => {
  const folder = useFolder()
  const dataDir = join(folder, 'postgres')
  const started: Engine[] = []
  afterEach(async () => {
    for (const engine of started.splice(0)) await engine.stop()
  })

  async function start(port?: number): Promise<Engine> {
    const engine = await startPostgresEngine({ dataDir, port })
    started.push(engine)
    return engine
  }

  const postmasterPid = async () =>
    Number.parseInt(await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8'), 10)

  it('keeps its data, password and durability settings across starts', async () => {
    const first = await start()
    await query(first, 'create table kept as select 42 as answer')
    await first.stop()
    await first.stop()
    await expect(query(first, 'select')).rejects.toMatchObject({ code: 'ECONNREFUSED' })

    const second = await start()
    expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }])
    const password = (engine: Engine) => new URL(engine.settings.DATABASE_URL ?? '').password
    expect(password(second)).toBe(password(first))
    const settings = await query(
      second,
      `select name, setting from pg_settings where name in
       ('fsync', 'synchronous_commit', 'listen_addresses', 'unix_socket_directories') order by name`,
    )
    expect(settings.map(({ name, setting }) => [name, setting])).toEqual([
      ['fsync', 'on'],
      ['listen_addresses', '127.0.0.1'],
      ['synchronous_commit', 'on'],
      ['unix_socket_directories', ''],
    ])
  })

  it('requires the password, which only its owner can read', async () => {
    const engine = await start()
    const url = new URL(engine.settings.DATABASE_URL ?? '')
    url.password = 'guess'
    const guess = { settings: { DATABASE_URL: url.href } }
    await expect(query(guess, 'select')).rejects.toMatchObject({ code: '28P01' })
    expect((await stat(join(dataDir, 'password'))).mode & 0o077).toBe(0)
  })

  it('refuses a folder that another service uses and names the folder and the process', async () => {
    await start()
    await expect(start()).rejects.toMatchObject({
      name: 'EngineError',
      message: expect.stringMatching(
        `^[^\\n]*${dataDir} is in use [^\\n]*pid ${process.pid}[^\\n]*$`,
      ),
    })
  })

  it.each([
    ['cannot be opened', (file: string) => mkdir(file), 'unable to open database file'],
    ['is damaged', (file: string) => writeFile(file, 'x'.repeat(4096)), 'file is not a database'],
  ])('does not call a lock file that %s "in use"', async (_, spoil, reason) => {
    const other = join(folder, `spoilt ${reason}`)
    await mkdir(other)
    await spoil(join(other, 'lock'))
    await expect(startPostgresEngine({ dataDir: other })).rejects.toMatchObject({
      name: 'EngineError',
      message: `The data folder ${other} cannot be locked (file lock): ${reason}.`,
    })
  })

  it('takes over after a service and its PostgreSQL were killed', async () => {
    const { service, settings } = await startService(dataDir)
    const orphan = { settings }
    service.kill('SIGKILL')
    await once(service, 'exit')
    expect(await query(orphan, 'select 1 as one')).toEqual([{ one: 1 }])

    const engine = await start()
    await expect(query(orphan, 'select')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    expect(await query(engine, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  it('does not stop another program with the same pid', async () => {
    // As after a reboot, when the pid in the file belongs to another program.
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    await once(bystander, 'spawn')
    await writeFile(
      join(dataDir, 'cluster', 'postmaster.pid'),
      `${bystander.pid}\n${join(dataDir, 'cluster')}\n1700000000\n5432\n\n127.0.0.1\n\nready\n`,
    )
    const engine = await start()
    expect(await query(engine, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(bystander.exitCode).toBeNull()
    bystander.kill()
    await once(bystander, 'exit')
  })

  it.skipIf(process.platform !== 'linux')(
    'runs in a separate process group, so that Ctrl-C does not stop it before the service',
    async () => {
      await start()
      const groupOf = async (pid: number) => {
        const status = await readFile(`/proc/${pid}/stat`, 'utf8')
        return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[2])
      }
      expect(await groupOf(await postmasterPid())).not.toBe(await groupOf(process.pid))
    },
  )

  it('names a port that is taken and starts when it is free', async () => {
    const occupant = createServer()
    occupant.listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    const address = occupant.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    await expect(start(port)).rejects.toMatchObject({
      name: 'EngineError',
      message: `The embedded PostgreSQL cannot start: port ${port} on 127.0.0.1 is taken.`,
    })
    occupant.close()
    await once(occupant, 'close')
    const engine = await start(port)
    expect(new URL(engine.settings.DATABASE_URL ?? '').port).toBe(String(port))
  })

  it('reports in one line that its folder cannot be created', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')
    await expect(startPostgresEngine({ dataDir: join(file, 'postgres') })).rejects.toMatchObject({
      name: 'EngineError',
      message: expect.stringMatching(/^The embedded PostgreSQL in [^\n]*ENOTDIR[^\n]*$/),
    })
  })
})

const query = ({ settings }: Pick<Engine, 'settings'>, sql: string) =>
  runQuery(settings.DATABASE_URL, sql)

/** A separate process that starts the engine and prints its settings. */
async function startService(dataDir: string) {
  const engine = fileURLToPath(new URL('../../src/engines/postgres-engine.ts', import.meta.url))
  const script = `
    import { startPostgresEngine } from ${JSON.stringify(engine)}
    const { settings } = await startPostgresEngine({ dataDir: ${JSON.stringify(dataDir)} })
    console.log(JSON.stringify(settings))
    setInterval(() => {}, 1000)`
  const service = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [output] = await once(service.stdout, 'data')
  return { service, settings: JSON.parse(String(output)) as Engine['settings'] }
}
