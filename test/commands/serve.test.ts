import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { PushcartClient } from '@pushcart/client'
import { describe, expect, it, vi } from 'vitest'
import { useFolder } from '../support/folder.ts'
import { runCli, startService } from './cli.ts'

const folder = useFolder()

describe.each(['postgres', 'dynamodb'] as const)('pushcart serve --embedded on %s', (type) => {
  const args = ['--embedded', '--data-dir', join(folder, type)]
  const env = { CART_STORE_TYPE: type }

  it('serves the API, and finds its carts again after a restart', async () => {
    const first = await startService(args, env)
    const before = new PushcartClient({ baseUrl: first.url })
    const { shopping_cart_id: id } = await before.createCart(7)
    await before.addItem(id, 1, 2, { idempotencyKey: 'k-1' })
    const cart = await before.getCart(id)
    expect(cart).toMatchObject({ version: 2, items: [{ product_id: 1, quantity: 2 }] })
    expect(await first.stop()).toMatchObject({ code: 0 })

    const second = await startService(args, env)
    const after = new PushcartClient({ baseUrl: second.url })
    expect(await after.getCart(id)).toEqual(cart)
    const again = await after.addItem(id, 1, 2, { idempotencyKey: 'k-1' })
    expect(again).toEqual({ version: 2, replayed: true })
    const { order_id } = await after.checkout(id, { ifMatch: 2 })
    expect(await after.getOrder(order_id)).toMatchObject({ item_count: 2 })
    const emulator = type === 'dynamodb'
    expect(await after.health()).toMatchObject({ store: type, engine: 'embedded', emulator })
    expect((await fetch(`${second.url}/health/ready`)).status).toBe(200)
    expect(await second.stop('SIGINT')).toMatchObject({ code: 0 })
  })

  it('finds its carts again after the service was killed', async () => {
    const first = await startService(args, env)
    const { shopping_cart_id: id } = await new PushcartClient({ baseUrl: first.url }).createCart(8)
    await first.stop('SIGKILL')
    const second = await startService(args, env)
    const cart = await new PushcartClient({ baseUrl: second.url }).getCart(id)
    expect(cart).toMatchObject({ customer_id: 8, version: 1 })
    await second.stop()
  })

  it('starts its database again after that was killed, with the carts', async () => {
    const service = await startService(args, env)
    const client = new PushcartClient({ baseUrl: service.url })
    const { shopping_cart_id: id } = await client.createCart(9)
    const killed = await databasePid(type, join(folder, type))
    process.kill(killed, 'SIGKILL')
    // Not the readiness alone: a database that is back at once is never seen to be away.
    await vi.waitFor(
      async () => {
        const pid = await databasePid(type, join(folder, type))
        expect(pid > 0 && pid !== killed).toBe(true)
        expect((await fetch(`${service.url}/health/ready`)).status).toBe(200)
      },
      { timeout: 25_000 },
    )
    expect(await client.getCart(id)).toMatchObject({ customer_id: 9 })
    expect(await service.stop()).toMatchObject({ code: 0 })
  })

  it.each(['/proc/pushcart', '/dev/null/x', join(folder, 'file')])(
    'rejects the folder %s, which cannot be written',
    async (dataDir) => {
      writeFileSync(join(folder, 'file'), '')
      const ended = await runCli(['serve', '--embedded', '--data-dir', dataDir], env)
      expect(ended.err).toMatch(
        new RegExp(`^pushcart: .*${dataDir}.*(ENOENT|ENOTDIR|EEXIST).*\\n$`),
      )
      expect(ended.code).toBe(1)
    },
  )
})

async function databasePid(type: 'postgres' | 'dynamodb', dataDir: string): Promise<number> {
  if (type === 'postgres') {
    const file = readFileSync(join(dataDir, type, 'cluster', 'postmaster.pid'), 'utf8')
    return Number.parseInt(file, 10)
  }
  // The only process with the data folder in its arguments, besides the service itself.
  const found = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return command.includes('dynamodb-engine-process') && command.includes(dataDir)
    } catch {
      return false
    }
  })
  return Number(found[0])
}

describe('the command line', () => {
  it.each([
    [['serve'], {}, 3, 'DATABASE_URL is not set'],
    [['serve'], { CART_STORE_TYPE: 'dynamodb' }, 3, 'DYNAMODB_TABLE_NAME is not set'],
    [['serve'], { CART_STORE_TYPE: 'oracle' }, 3, 'CART_STORE_TYPE must be'],
    [['serve', '--embedded'], { PORT: 'http' }, 3, 'PORT must be integer'],
    [['serve'], { DATABASE_URL: 'postgres://x:y@127.0.0.1:1/z' }, 1, 'STORE_UNAVAILABLE'],
    [['serve'], { DATABASE_URL: 'nonsense' }, 3, 'DATABASE_URL: must be a PostgreSQL URL'],
    [['serve'], { DATABASE_URL: 'postgres://u:p#x@h/d' }, 3, 'percent-encode'],
    [['serve'], { DATABASE_URL: 'postgres://h/d?sslmode=on' }, 3, 'sslmode must be one of'],
    [
      ['serve'],
      { DATABASE_URL: 'postgres://u:p@h/d', DATABASE_PASSWORD_FILE: '/x' },
      3,
      'remove one of them',
    ],
    [
      ['serve', '--workers', '2'],
      { CART_STORE_TYPE: 'dynamodb', DYNAMODB_TABLE_NAME: 'dx' },
      3,
      'DYNAMODB_TABLE_NAME must be 3 to 255 letters, digits, _, - and ., or the ARN of a table (got "dx")',
    ],
    [
      ['serve'],
      { CART_STORE_TYPE: 'dynamodb', DYNAMODB_TABLE_NAME: 'carts' },
      3,
      'AWS_REGION is not set',
    ],
    [
      ['serve'],
      {
        CART_STORE_TYPE: 'dynamodb',
        DYNAMODB_TABLE_NAME: 'carts',
        AWS_ENDPOINT_URL_DYNAMODB: 'localhost:8000',
      },
      3,
      'AWS_ENDPOINT_URL_DYNAMODB must be a URL',
    ],
    [['serve', '--nonsense'], {}, 3, "unknown option '--nonsense'"],
    [['nonsense'], {}, 3, "unknown command 'nonsense'"],
    [['perf'], {}, 3, "required option '--host <url>' not specified"],
    [['perf', '--host', 'ftp://x'], {}, 3, 'ftp'],
    [
      ['consistency', '--host', 'http://127.0.0.1:1', '--iterations', 'many'],
      {},
      3,
      'It must be an integer',
    ],
  ])('%j with %j ends with one clear line', async (args, env, code, message) => {
    const ended = await runCli(args, env)
    expect(ended.err).toContain(message)
    expect(ended.err).not.toMatch(/^\s+at /m)
    expect(ended.err.split('\n').length).toBeLessThanOrEqual(3)
    expect(ended.out).toBe('')
    expect(ended.code).toBe(code)
  })

  it('reports that the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const ended = await runCli(['serve'], { CART_STORE_TYPE: 'memory', PORT: String(port) })
    expect([ended.code, ended.err]).toEqual([1, expect.stringContaining('EADDRINUSE')])
    other.close()
  })

  it('prints help without an error', async () => {
    const ended = await runCli(['--help'])
    expect([ended.code, ended.err]).toEqual([0, ''])
    expect(ended.out).toContain('compare')
  })

  it.each(['serve', 'perf', 'consistency', 'check', 'compare', 'report'])(
    'ends the help of %s with examples and exit codes',
    async (command) => {
      const { code, out } = await runCli([command, '--help'])
      expect(code).toBe(0)
      expect(out).toMatch(
        new RegExp(
          `\\nExamples:\\n( {2}npx pushcart ${command}.*\\n)+\\nExit codes:\\n( {2}\\d? .*\\n)+$`,
        ),
      )
    },
  )

  it('reports an invalid option in one JSON object with --json', async () => {
    const { code, out } = await runCli(['perf', '--host', 'http://x', '--rate', 'fast', '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(out)).toEqual({
      type: 'error',
      exit_code: 3,
      message: "option '--rate <n>' argument 'fast' is invalid. It must be a number of at least 0.",
    })
  })
})
