import type { Draft } from './valid-request.ts'

/** A request as it goes out. */
export interface Request {
  readonly method: string
  /** Path and query, escaped or deliberately not. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

/** The request that a draft describes, in well-formed HTTP. */
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

/** `encodeURIComponent` for any text: half a surrogate pair has no UTF-8 form and goes as U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
