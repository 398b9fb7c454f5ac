import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { clientConfigFor, useDynamo } from '../../../../test/support/dynamodb.ts'
import { useDatabase } from '../../../../test/support/postgres.ts'
import { finish, start, verifyMove } from '../../src/run/move/actions.ts'
import { openDynamoStore } from '../../src/store/dynamodb/dynamo-store.ts'
import { LEASE } from '../../src/store/moving/lease.ts'
import type { Pair } from '../../src/store/moving/pair.ts'
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts'
import { codeOf, line, strong } from '../contract/fixtures.ts'
import { startFaultProxy } from '../store/dynamodb/fault-proxy.ts'
import { actions, fill, now, terms } from './databases.ts'

const MAIN = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const database = await useDatabase()
const dynamo = useDynamo()

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

function run(args: readonly string[], tableName: string, endpoint: string): ChildProcess {
  const env = {
    ...process.env,
    CART_STORE_TYPE: 'postgres',
    DATABASE_URL: database.url,
    MOVE_TO_CART_STORE_TYPE: 'dynamodb',
    MOVE_TO_DYNAMODB_TABLE_NAME: tableName,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AUTH: 'none',
    PORT: '0',
    LOG_LEVEL: 'silent',
  }
  const child = fork(MAIN, args, { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  children.push(child)
  return child
}

async function openPair(): Promise<{ pair: Pair; tableName: string } & AsyncDisposable> {
  const { tableName } = dynamo.newStore('completed')
  const clientConfig = clientConfigFor(dynamo.endpoint('completed'))
  const source = await openPostgresStore({ databaseUrl: database.url, migrate: true, moving: true })
  const destination = await openDynamoStore({ tableName, migrate: true, clientConfig })
  await database.query('select unfence_carts()')
  await database.query('delete from moving_control')
  return {
    pair: { source, destination },
    tableName,
    async [Symbol.asyncDispose]() {
      await source.close()
      await destination.close()
    },
  }
}

describe('a process of a move', () => {
  it('that moves carts can be killed while it puts one into DynamoDB, before and after it arrives', async () => {
    await using opened = await openPair()
    const { pair, tableName } = opened
    const cartIds = await fill(pair.source, 6)
    for (const [n, fate] of [
      [2, { status: 500, type: 'not executed' }],
      [3, 'apply then hang'],
    ] as const) {
      const reached = Promise.withResolvers<void>()
      const proxy = await startFaultProxy(dynamo.endpoint('completed'), (operation, count) => {
        if (operation !== 'PutItem' || count < n) return 'forward'
        reached.resolve()
        return fate
      })
      const mover = run(['move', 'start', '--workers', '1'], tableName, proxy.endpoint)
      const exited = once(mover, 'exit')
      await reached.promise
      mover.kill('SIGKILL')
      expect(await exited).toEqual([null, 'SIGKILL'])
      await proxy.close()
    }
    const { records } = await pair.source.residences.scan({ limit: 100 })
    expect(records.filter(({ record }) => record.at === 'sealed').length).toBeGreaterThan(0)
    await start(actions(pair))
    expect(await verifyMove(actions(pair))).toMatchObject({ ok: true, same: cartIds.length })
    expect((await finish(actions(pair))).phase).toBe('moved')
  })

  it('that serves can be stopped (SIGSTOP) across the change of the phase, and answers nothing old when it continues', async () => {
    await using opened = await openPair()
    const { pair, tableName } = opened
    const [cartId = '', otherId = ''] = [
      (await fill(pair.source, 3))[2],
      (await fill(pair.source, 4))[3],
    ]
    const service = run([], tableName, dynamo.endpoint('completed'))
    const [{ url }] = (await once(service, 'message')) as [{ url: string }]
    const get = (id: string) => fetch(`${url}/shopping-carts/${id}`)
    expect((await get(cartId)).status).toBe(200)
    service.kill('SIGSTOP')
    // They wait in its socket, like those of a load balancer.
    const asked = get(cartId)
    const body = JSON.stringify({ product_id: 1, quantity: 1 })
    const changed = fetch(`${url}/shopping-carts/${otherId}/items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    // Waits until the lease of the stopped process has expired.
    await start(actions(pair, { times: LEASE }))
    await pair.destination.addLines(cartId, [line('meanwhile')], terms())
    service.kill('SIGCONT')
    const answer = await asked
    expect([200, 503]).toContain(answer.status)
    if (answer.status === 200) expect(await answer.json()).toMatchObject({ version: 3 })
    const { status } = await changed
    const other = await pair.destination.getCart(otherId, strong(now()))
    // Acknowledged where the cart is now, or not acknowledged.
    expect([[200, 201, 204].includes(status), other.version]).toEqual(
      other.version === 3 ? [expect.any(Boolean), 3] : [false, 2],
    )
    expect((await (await get(cartId)).json()) as object).toMatchObject({ version: 3 })
    expect(await codeOf(pair.source.getCart(cartId, strong(now())))).not.toBe('nothing failed')
    service.kill('SIGTERM')
    expect(await once(service, 'exit')).toEqual([0, null])
  })
})
