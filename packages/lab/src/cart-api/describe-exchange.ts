import type { HttpRequest, HttpResponse } from './exchange.ts'

const LONGEST_BODY = 400

/** A request and its response in one line, without control characters and secrets. */
export function describeExchange(
  request: HttpRequest | undefined,
  response: HttpResponse,
  redact: (text: string) => string,
): string {
  const sent = request === undefined ? '' : `${describeRequest(request, redact)} -> `
  return sent + describeResponse(response, redact)
}

export function describeRequest(
  { method, path, body }: HttpRequest,
  redact: (text: string) => string,
): string {
  return shown(redact(`${method} ${path}${body === undefined ? '' : ` ${body}`}`))
}

export function describeResponse(
  { status, text = '', error }: HttpResponse,
  redact: (text: string) => string,
): string {
  if (status === 0) return shown(redact(error ?? 'no response'))
  return shown(redact(text === '' ? `${status} without a body` : `${status} ${text}`))
}

function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal must not execute what a service sends.
  const line = text.replace(/[\0-\x1f\x7f-\x9f]+/g, ' ').trim()
  return line.length <= LONGEST_BODY ? line : `${line.slice(0, LONGEST_BODY)} ...`
}
