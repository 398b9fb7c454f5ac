import { describe, expect, it } from 'vitest'
import { tapPostgres } from '../../src/live/underneath/postgres-tap.ts'
import { openStatementLog } from '../../src/live/underneath/statement-log.ts'

/** A typed message of the protocol. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const zero = (...texts: string[]) => Buffer.from(texts.map((text) => `${text}\0`).join(''))
const parse = (name: string, sql: string) =>
  message('P', Buffer.concat([zero(name, sql), Buffer.alloc(2)]))

function bind(name: string, parameters: readonly (string | null)[]): Buffer {
  const parts = [zero('', name), Buffer.from([0, 0, 0, parameters.length])]
  for (const parameter of parameters) {
    const length = Buffer.alloc(4)
    length.writeInt32BE(parameter === null ? -1 : Buffer.byteLength(parameter))
    parts.push(length, Buffer.from(parameter ?? ''))
  }
  return message('B', Buffer.concat([...parts, Buffer.alloc(2)]))
}
const execute = message('E', Buffer.concat([zero(''), Buffer.alloc(4)]))
const sync = message('S', Buffer.alloc(0))
const complete = (tag: string) => message('C', zero(tag))
const ready = message('Z', Buffer.from('I'))
const failure = message('E', zero('SERROR', 'C23505', 'Mduplicate key', ''))

function startup(): Buffer {
  const body = Buffer.concat([Buffer.alloc(8), zero('user', 'shop', '')])
  body.writeInt32BE(body.length, 0)
  body.writeInt32BE(196_608, 4)
  return body
}

function connect() {
  const log = openStatementLog()
  const tap = tapPostgres(log)
  tap.toServer(startup())
  tap.toClient(ready)
  tap.toServer(Buffer.concat([parse('add', 'select add($1)'), sync]))
  tap.toClient(ready)
  return { log, tap }
}

describe('the tap of a PostgreSQL connection', () => {
  it('notes the statement, its parameters and its rows, of an earlier prepared statement too', () => {
    const { log, tap } = connect()
    const take = log.open()
    tap.toServer(Buffer.concat([bind('add', ['cart-1', null]), execute, sync]))
    tap.toClient(Buffer.concat([complete('SELECT 3'), ready]))
    expect(take('cart-1')).toMatchObject([
      { text: 'select add($1)', input: '$1 = cart-1\n$2 = null', rows: 3, error: null },
    ])
  })

  it('leaves out what mentions another cart, and keeps nothing while nobody looks', () => {
    const { log, tap } = connect()
    const run = (cart: string) => {
      tap.toServer(Buffer.concat([bind('add', [cart]), execute, sync]))
      tap.toClient(Buffer.concat([complete('INSERT 0 1'), ready]))
    }
    run('cart-1')
    const take = log.open()
    run('cart-2')
    expect(take('cart-1')).toEqual([])
  })

  it('assigns the error of one of several pipelined statements to the right one', () => {
    const { log, tap } = connect()
    const take = log.open()
    const group = (cart: string) => Buffer.concat([bind('add', [cart]), execute, sync])
    tap.toServer(Buffer.concat([group('cart-1a'), group('cart-1b'), group('cart-1c')]))
    tap.toClient(Buffer.concat([complete('SELECT 1'), ready, failure, ready]))
    tap.toClient(Buffer.concat([complete('SELECT 2'), ready]))
    expect(take('cart-1').map(({ input, rows, error }) => [input, rows, error])).toEqual([
      ['$1 = cart-1a', 1, null],
      ['$1 = cart-1b', null, '23505 duplicate key'],
      ['$1 = cart-1c', 2, null],
    ])
  })

  it('reads messages however they are cut into chunks', () => {
    const { log, tap } = connect()
    const take = log.open()
    const sent = Buffer.concat([bind('add', ['cart-1']), execute, sync])
    for (const byte of sent) tap.toServer(Buffer.from([byte]))
    for (const byte of Buffer.concat([complete('SELECT 1'), ready]))
      tap.toClient(Buffer.from([byte]))
    expect(take('cart-1')).toHaveLength(1)
  })
})
