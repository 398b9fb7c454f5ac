import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BadHttpError,
  createResponseParser,
  type ParsedResponse,
} from '../../lab/load/http/response-parser.ts'

/** The response of these bytes, pushed in pieces; the buffer of a piece is reused for the next. */
function parse(text: string, cuts: readonly number[] = []): ParsedResponse | null {
  const parser = createResponseParser(() => true)
  const shared = Buffer.alloc(text.length)
  const ends = [...cuts.map((cut) => cut % text.length), text.length].sort((a, b) => a - b)
  let from = 0
  for (const end of ends) {
    const bytes = shared.subarray(0, shared.write(text.slice(from, end), 'latin1'))
    from = end
    const answer = bytes.length === 0 ? null : parser.push(bytes)
    shared.fill(0)
    if (answer !== null) return from === text.length ? answer : null
  }
  return parser.end()
}

const ANSWERS: readonly (readonly [
  name: string,
  text: string,
  expected: Partial<ParsedResponse>,
])[] = [
  [
    'with a length',
    'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"items":[]}',
    { status: 200, body: '{"items":[]}', keepAlive: true },
  ],
  [
    'in chunks, with extensions and trailers',
    'HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5;a=b\r\nhello\r\nA\r\n, worlds!!\r\n0\r\nx: y\r\n\r\n',
    { status: 201, body: 'hello, worlds!!', keepAlive: true },
  ],
  [
    'without a body',
    'HTTP/1.1 204 No Content\r\netag: "2"\r\n\r\n',
    { status: 204, body: '', keepAlive: true },
  ],
  [
    'after interim ones',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\nok',
    { status: 200, body: 'ok', keepAlive: true },
  ],
  [
    'up to the end of the connection',
    'HTTP/1.1 200 OK\r\n\r\nall of it',
    { status: 200, body: 'all of it', keepAlive: false },
  ],
  [
    'of a server that closes',
    'HTTP/1.1 500 \r\nConnection: Close\r\nContent-Length: 0\r\n\r\n',
    { status: 500, body: '', keepAlive: false },
  ],
  [
    'of HTTP/1.0',
    'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx',
    { status: 200, body: 'x', keepAlive: false },
  ],
  [
    'that says how long it keeps a connection',
    'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=72\r\ncontent-length: 0\r\n\r\n',
    { keepAlive: true, idleSeconds: 72 },
  ],
  ['with more behind it', 'HTTP/1.1 204 No\r\n\r\nHTTP/1.1 204 No\r\n\r\n', { keepAlive: false }],
]

describe('a response', () => {
  it.each(ANSWERS)('%s is read completely', (_, text, expected) => {
    expect(parse(text)).toMatchObject(expected)
  })

  it('is the same in whatever pieces it arrives', () => {
    const whole = ANSWERS.slice(0, -1)
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.array(fc.nat(), { maxLength: 12 }),
        ([, text, expected], cuts) => {
          expect(parse(text, cuts)).toMatchObject(expected)
        },
      ),
      { seed: 1, numRuns: 500 },
    )
  })

  it('keeps its body only where it is wanted', () => {
    const parser = createResponseParser((status) => status >= 400)
    const answer = (status: number) =>
      parser.push(Buffer.from(`HTTP/1.1 ${status} X\r\ncontent-length: 3\r\n\r\nabc`))
    expect(answer(200)?.body).toBe('')
    expect(answer(404)?.body).toBe('abc')
  })

  it.each([
    ['that ends early', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc'],
    ['whose chunks end early', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab'],
    ['without an end of its headers', 'HTTP/1.1 200 OK\r\ncontent-le'],
  ])('%s is not a response', (_, text) => {
    expect(parse(text)).toBeNull()
  })

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n'],
    ['a status of letters', 'HTTP/1.1 abc OK\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['a coding we do not know', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n'],
    [
      'a chunk that is longer than it says',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n',
    ],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
    ['a huge body', `HTTP/1.1 200 OK\r\ncontent-length: ${10 ** 9}\r\n\r\n`],
  ])('with %s is refused', (_, text) => {
    expect(() => parse(text)).toThrow(BadHttpError)
  })
})
