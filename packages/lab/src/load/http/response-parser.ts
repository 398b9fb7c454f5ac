/** One complete response. */
export interface ParsedResponse {
  readonly status: number
  /** The status line and the headers as they were sent. */
  readonly head: string
  /** The body; empty unless `wantsBody`. */
  readonly body: string
  /** Whether the connection may be used again. */
  readonly keepAlive: boolean
  /** Seconds after which the server closes an idle connection, if it says so. */
  readonly idleSeconds: number | null
}

export interface ResponseParser {
  /**
   * Takes the next bytes. `null` while the response is incomplete.
   *
   * @throws BadHttpError when they are not an HTTP/1.1 response, or one that is too large
   */
  push(bytes: Buffer): ParsedResponse | null
  /** The connection ended: this completes a response without a length; `null` for any other. */
  end(): ParsedResponse | null
}

/** The bytes are not HTTP/1.1, or not a response to this request. */
export class BadHttpError extends Error {
  override readonly name = 'BadHttpError'
}

const MAX_HEAD = 64 * 1024
const MAX_BODY = 16 * 1024 * 1024
const HEAD_END = '\r\n\r\n'

type State = 'head' | 'counted' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'until-end'

/**
 * Reads responses by RFC 9112, one after another on one connection: with a length, in chunks, up to the end of the
 * connection, or without a body. Interim responses (1xx) are skipped. Not undici, which takes twice the CPU time for an
 * exchange (64,000 against 127,000 exchanges per CPU second); Node's parser is not public.
 *
 * @param wantsBody by the status, whether the body is kept
 */
export function createResponseParser(wantsBody: (status: number) => boolean): ResponseParser {
  let state: State = 'head'
  let waiting: Buffer = Buffer.alloc(0)
  let head: Head | undefined
  let left = 0
  let received = 0
  let parts: Buffer[] = []
  let whole = ''

  /** Reads one piece of the waiting bytes; false when more are needed, the response when it is complete. */
  function step(): ParsedResponse | boolean {
    switch (state) {
      case 'head':
        return readHead()
      case 'counted':
      case 'chunk':
        return readCounted()
      case 'until-end':
        keep(waiting.length)
        return false
      default:
        return readLine()
    }
  }

  function readHead(): ParsedResponse | boolean {
    const end = waiting.indexOf(HEAD_END, 0, 'latin1')
    if ((end < 0 ? waiting.length : end) > MAX_HEAD)
      throw new BadHttpError('the headers of the response are too large')
    if (end < 0) {
      if (waiting.length >= 5 && !waiting.toString('latin1', 0, 5).startsWith('HTTP/'))
        throw notHttp(waiting)
      return false
    }
    head = parseHead(waiting.toString('latin1', 0, end))
    waiting = waiting.subarray(end + HEAD_END.length)
    if (head.status < 200) return true
    return beginBody(head)
  }

  function beginBody({ status, chunked, length }: Head): ParsedResponse | boolean {
    if (status === 204 || status === 304) return finish()
    if (chunked) state = 'chunk-size'
    else if (length === null) state = 'until-end'
    else if (length === 0) return finish()
    else {
      expect(length)
      state = 'counted'
    }
    return true
  }

  function expect(bytes: number): void {
    left = bytes
    received += bytes
    if (received > MAX_BODY) throw new BadHttpError('the response is too large for a cart')
  }

  function readCounted(): ParsedResponse | boolean {
    const taken = Math.min(left, waiting.length)
    keep(taken)
    left -= taken
    if (left > 0) return false
    if (state === 'counted') return finish()
    state = 'chunk-end'
    return true
  }

  /** The framing of chunks: their sizes, the empty line behind each, the trailers behind the last. */
  function readLine(): ParsedResponse | boolean {
    const end = waiting.indexOf('\r\n', 0, 'latin1')
    if ((end < 0 ? waiting.length : end) > MAX_HEAD)
      throw new BadHttpError('a line of the response is too long')
    if (end < 0) return false
    const line = waiting.toString('latin1', 0, end)
    waiting = waiting.subarray(end + 2)
    if (state === 'trailers') return line === '' ? finish() : true
    if (state === 'chunk-end') endChunk(line)
    else beginChunk(line)
    return true
  }

  function beginChunk(line: string): void {
    const size = /^([\da-f]{1,8})[ \t]*(;.*)?$/i.exec(line)?.[1]
    if (size === undefined) throw new BadHttpError('a chunk of the response has no size')
    expect(Number.parseInt(size, 16))
    state = left === 0 ? 'trailers' : 'chunk'
  }

  function endChunk(line: string): void {
    if (line !== '') throw new BadHttpError('a chunk of the response is longer than its size')
    state = 'chunk-size'
  }

  function keep(bytes: number): void {
    const part = waiting.subarray(0, bytes)
    waiting = waiting.subarray(bytes)
    if (state === 'until-end') expect(bytes)
    if (head === undefined || !wantsBody(head.status)) return
    // A body that arrives in one piece, as nearly all do, is decoded where it is.
    if (state === 'counted' && bytes === left && parts.length === 0) whole = part.toString('utf8')
    // Copied: the next read may overwrite the buffer.
    else parts.push(Buffer.from(part))
  }

  function finish(): ParsedResponse {
    const { status = 0, text = '', keepAlive = false, idleSeconds = null } = head ?? {}
    const body = parts.length === 0 ? whole : Buffer.concat(parts).toString('utf8')
    // Further bytes belong to no request.
    const kept = keepAlive && waiting.length === 0
    const response = { status, head: text, body, keepAlive: kept, idleSeconds }
    state = 'head'
    waiting = Buffer.alloc(0)
    head = undefined
    received = 0
    parts = []
    whole = ''
    return response
  }

  return {
    push(bytes) {
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes])
      for (;;) {
        const done = step()
        if (typeof done === 'object') return done
        if (done) continue
        if (waiting.length > 0) waiting = Buffer.from(waiting)
        return null
      }
    },
    end: () => (state === 'until-end' ? finish() : null),
  }
}

interface Head {
  readonly text: string
  readonly status: number
  readonly chunked: boolean
  readonly length: number | null
  readonly keepAlive: boolean
  readonly idleSeconds: number | null
}

function parseHead(text: string): Head {
  const match = /^HTTP\/1\.([01]) (\d{3})(?: |\r|$)/.exec(text)
  if (match === null) throw new BadHttpError('the response is not HTTP/1.1')
  const status = Number(match[2])
  const coded = headerOf(text, 'content-encoding')?.toLowerCase()
  if (coded !== undefined && coded !== '' && coded !== 'identity')
    throw new BadHttpError(
      `the response is encoded (${JSON.stringify(coded)}) although identity was asked for`,
    )
  if (status < 100 || status === 101) throw new BadHttpError(`status ${status} is not supported`)
  const connection = headerOf(text, 'connection')?.toLowerCase() ?? ''
  const keepAlive = match[1] === '1' ? !connection.includes('close') : connection === 'keep-alive'
  const encoding = headerOf(text, 'transfer-encoding')?.toLowerCase()
  if (encoding !== undefined && encoding !== 'chunked')
    throw new BadHttpError(`the transfer encoding ${JSON.stringify(encoding)} is not supported`)
  const chunked = encoding === 'chunked'
  const length = chunked ? null : lengthOf(text)
  const hasEnd = chunked || length !== null || status === 204 || status === 304
  const idle = /timeout=(\d{1,6})/.exec(headerOf(text, 'keep-alive') ?? '')?.[1]
  return {
    text,
    status,
    chunked,
    length,
    keepAlive: keepAlive && hasEnd,
    idleSeconds: idle === undefined ? null : Number(idle),
  }
}

function notHttp(bytes: Buffer): BadHttpError {
  // A record of TLS 1.0 or later: an alert in response to plain HTTP.
  const isTls = bytes[0] === 0x15 && bytes[1] === 3
  return new BadHttpError(isTls ? 'the host speaks TLS: use https://' : 'the response is not HTTP')
}

function lengthOf(text: string): number | null {
  const length = headerOf(text, 'content-length')
  if (length === undefined) return null
  if (!/^\d{1,15}$/.test(length)) throw new BadHttpError('the content-length is not a number')
  return Number(length)
}

const PATTERNS: Readonly<Record<string, RegExp>> = Object.fromEntries(
  ['connection', 'transfer-encoding', 'content-encoding', 'content-length', 'keep-alive'].map(
    (name) => [name, new RegExp(`\\r\\n${name}:[ \\t]*([^\\r]*?)[ \\t]*(?:\\r|$)`, 'i')],
  ),
)

function headerOf(head: string, name: string): string | undefined {
  return PATTERNS[name]?.exec(head)?.[1]
}
