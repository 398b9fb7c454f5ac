import type { Draft } from './valid-request.ts'

/** A request as sent. */
export interface Request {
  readonly method: string
  /** Path and query, escaped or deliberately unescaped. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

/** The well-formed HTTP request for a draft. */
export function requestOf({ method, segments, query, headers, body }: Draft): Request {
  const path = `/${segments.map(encode).join('/')}`
  const search = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  return {
    method,
    url: search === '' ? path : `${path}?${search}`,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
  }
}

/** `encodeURIComponent` for any string: a lone surrogate has no UTF-8 form and becomes U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
