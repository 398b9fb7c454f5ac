import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clientConfigFor } from '../../../../test/support/dynamodb.ts'
import { type DynamoEngineOptions, startDynamoEngine } from '../../src/engines/dynamodb-engine.ts'
import type { Engine } from '../../src/engines/engine.ts'
import type { CartStore } from '../../src/store/cart-store.ts'
import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { create, line, options, strong } from '../contract/fixtures.ts'

let dataDir: string
const started: { stop(): Promise<void> }[] = []
beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), 'pushcart-dynamodb-')), 'data')
})
afterEach(async () => {
  for (const each of started.splice(0).reverse()) await each.stop()
  await rm(join(dataDir, '..'), { recursive: true })
})

async function start(options?: DynamoEngineOptions): Promise<Engine> {
  const engine = await startDynamoEngine(options)
  started.push(engine)
  return engine
}

async function openStore(endpoint: string, migrate = true): Promise<CartStore> {
  const store = await openDynamoStore({
    tableName: 'pushcart',
    migrate,
    clientConfig: clientConfigFor(endpoint),
  })
  started.push({ stop: () => store.close() })
  return store
}

const endpointOf = ({ settings }: Engine) => settings.AWS_ENDPOINT_URL_DYNAMODB ?? ''
const portOf = (engine: Engine) => Number(new URL(endpointOf(engine)).port)

/** A process, leader of a separate group, that only starts an engine on `dataDir`. */
async function startOwner(): Promise<{ owner: ChildProcess; pid: number; endpoint: string }> {
  const owner = fork(
    fileURLToPath(new URL('dynamodb-engine-owner.ts', import.meta.url)),
    [dataDir],
    { execArgv: [], detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  )
  const exited = once(owner, 'exit')
  started.push({
    async stop() {
      owner.kill('SIGKILL')
      await exited
    },
  })
  const [settings] = await once(owner, 'message')
  const endpoint = (settings as Engine['settings']).AWS_ENDPOINT_URL_DYNAMODB ?? ''
  return { owner, pid: owner.pid ?? Number.NaN, endpoint }
}

/** Resolves when nothing listens on the port. */
async function untilClosed(endpoint: string): Promise<void> {
  const { hostname, port } = new URL(endpoint)
  const socket = connect(Number(port), hostname)
  try {
    await once(socket, 'connect')
    await once(socket, 'close')
  } catch {
    return
  } finally {
    socket.destroy()
  }
  return untilClosed(endpoint)
}

describe('the embedded DynamoDB', () => {
  it('returns all settings that the service and the SDK need', async () => {
    const { settings } = await start()
    expect(settings).toMatchObject({
      DYNAMODB_TABLE_NAME: 'pushcart',
      AWS_ENDPOINT_URL_DYNAMODB: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      AWS_REGION: expect.any(String),
      AWS_ACCESS_KEY_ID: expect.any(String),
      AWS_SECRET_ACCESS_KEY: expect.any(String),
    })
  })

  it('listens on the loopback address only', async () => {
    const port = portOf(await start())
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
    // All of 127/8 is loopback on Linux, but not on every system.
    const loopback = process.platform === 'linux' ? ['127.0.0.2'] : []
    for (const host of [...loopback, ...others.map(({ address }) => address)]) {
      const socket = connect(port, host)
      await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
  })

  it('finds its carts again after a stop', async () => {
    const first = await start({ dataDir })
    const store = await openStore(endpointOf(first))
    const cartId = await create(store)
    await store.addLines(cartId, [line(1, 3)], options())
    await store.close()
    await first.stop()
    await first.stop()
    const again = await openStore(endpointOf(await start({ dataDir })), false)
    expect((await again.getCart(cartId, strong())).lines[0]?.quantity).toBe(3)
  })

  it.each([
    ['its owner is killed', (pid: number) => pid],
    ['it is killed together with its owner', (pid: number) => -pid],
  ])('stops when %s and keeps what was acknowledged', async (_what, victim) => {
    const { pid, endpoint } = await startOwner()
    const store = await openStore(endpoint)
    const cartId = await create(store)
    await store.addLines(cartId, [line(1, 3)], options())
    await store.close()
    process.kill(victim(pid), 'SIGKILL')
    await untilClosed(endpoint)
    const again = await openStore(endpointOf(await start({ dataDir })), false)
    expect((await again.getCart(cartId, strong())).lines[0]?.quantity).toBe(3)
  })

  it('ignores Ctrl-C, which reaches the whole group', async () => {
    const { owner, pid, endpoint } = await startOwner()
    const store = await openStore(endpoint)
    const heard = once(owner, 'message')
    process.kill(-pid, 'SIGINT')
    expect(await heard).toContain('SIGINT')
    await expect(store.ping()).resolves.toMatchObject({ precisionMs: 1000 })
  })

  it('refuses a data folder that is in use and names it', async () => {
    await start({ dataDir })
    await expect(startDynamoEngine({ dataDir })).rejects.toMatchObject({
      name: 'EngineError',
      message: expect.stringContaining(`${dataDir} is in use`),
    })
  })

  it('reports in one line why it cannot start', async () => {
    await writeFile(dataDir, 'a file')
    await expect(startDynamoEngine({ dataDir })).rejects.toMatchObject({
      name: 'EngineError',
      message: expect.stringMatching(/^The data folder .*data cannot be created: [^\n]*$/),
    })
    const port = portOf(await start())
    await expect(startDynamoEngine({ port })).rejects.toMatchObject({
      name: 'EngineError',
      message: expect.stringMatching(/^The embedded DynamoDB could not start: .*EADDRINUSE[^\n]*$/),
    })
  })

  it('survives clients that disconnect during a request', async () => {
    const engine = await start()
    for (const body of ['', '{"TableName"', '{}']) {
      const socket = connect(portOf(engine), '127.0.0.1')
      await once(socket, 'connect')
      const length = body === '{}' ? 2 : 100
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${body}`)
      await new Promise((sent) => socket.write('', sent))
      socket.resetAndDestroy()
    }
    const store = await openStore(endpointOf(engine))
    await expect(store.ping()).resolves.toMatchObject({ precisionMs: 1000 })
  })
})
