import { errors } from 'undici'

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed before the response was complete',
  EPIPE: 'connection closed before the response was complete',
  UND_ERR_SOCKET: 'connection closed before the response was complete',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ETIMEDOUT: 'no connection in time',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name could not be looked up',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'no local address left to connect from',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'the response is too large for a cart',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the response are too large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the response is not as long as its content-length',
}

/** Why no whole response arrived, in one line, with the code of the system error where there is one. */
export function describeNetworkError(error: unknown): string {
  if (error instanceof errors.HTTPParserError) return parserRefusal(error)
  const code = codeOf(error)
  if (code === undefined) return error instanceof Error ? firstLine(error.message) : 'unknown error'
  if (code.startsWith('ERR_SSL_')) return `TLS failed; perhaps the host speaks plain http (${code})`
  // undici's words for an interim response that it has not asked for.
  if (code === 'UND_ERR_SOCKET' && (error as Error).message === 'bad response')
    return 'the service sent 100 Continue, which was not asked for and is not supported'
  return `${EXPLANATIONS[code] ?? firstLine((error as Error).message)} (${code})`
}

/** The parser's own words for what it refuses. */
function parserRefusal(error: errors.HTTPParserError): string {
  if (String(Reflect.get(error, 'data')).startsWith('\x15\x03'))
    return 'the host speaks TLS: use https://'
  const words = /\((.+)\)/.exec(firstLine(error.message))?.[1] ?? firstLine(error.message)
  return error.message.includes('Expected HTTP/')
    ? 'the response is not HTTP'
    : `the response is not valid HTTP/1.1 (${words})`
}

/** undici wraps some errors, and a host with several addresses fails with one error for each address. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return codeOf(error.cause)
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] || 'unknown error'
}
