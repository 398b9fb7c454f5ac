import { ERRORS, type ErrorCode } from '../../../src/cart/errors.ts'
import type { Documented, Operation } from './operations.ts'
import type { Answer } from './send.ts'

const PROBLEM = 'application/problem+json'
/** Maximum size of a problem document, which contains at most parts of the request. */
const LONGEST_PROBLEM = 2000

/**
 * Throws unless the OpenAPI document has this response for `operation`. Without an operation (no such route, not HTTP), it
 * must be a problem document of the catalogue.
 */
export function checkAnswer(operation: Operation | undefined, answer: Answer): void {
  if (answer.status >= 500) fail('a failure of the service')
  checkHeaders(answer.headers)
  if (answer.status >= 400) checkProblem(answer)
  if (operation !== undefined) checkDocumented(operation, answer)
  else if (answer.status < 400 && !isListOfMethods(answer)) fail('a success of no operation')
}

/** The response to OPTIONS, which no operation of the document describes. */
function isListOfMethods({ status, headers, body }: Answer): boolean {
  return status === 204 && body === '' && headers.allow?.includes('OPTIONS') === true
}

function checkHeaders(headers: Answer['headers']): void {
  for (const [name, value] of Object.entries(headers)) {
    if (/[\r\n\0]/.test(name + value) || name === 'x-injected' || name === 'set-cookie')
      fail(`the header ${JSON.stringify([name, value])}`)
  }
}

/** Headers of HTTP itself, of caching and of CORS, which the document leaves out. */
const GENERAL_HEADERS =
  /^(access-control-[a-z-]+|allow|cache-control|connection|content-length|content-type|date|keep-alive|transfer-encoding|vary)$/

/** Throws unless the OpenAPI document has this response: its status, headers, media type, and body or emptiness. */
export function checkDocumented({ responses }: Operation, { status, headers, body }: Answer): void {
  const documented = responses.get(status)
  if (documented === undefined) fail(`the status ${status}, which is not documented`)
  checkDocumentedHeaders(documented, headers)
  if (documented.content.size === 0) {
    if (body !== '' || headers['content-type'] !== undefined) fail('a body where none should be')
    return
  }
  const type = mediaType(headers)
  const check = documented.content.get(type)
  if (check === undefined) fail(`the media type ${type}, which is not documented`)
  const value = JSON.parse(body)
  const complaint = check(value)
  if (complaint !== undefined) fail('a body unlike its schema', complaint)
  if (documented.codes?.includes(value.error) === false)
    fail(`the error ${value.error}, which is not documented`)
}

function checkDocumentedHeaders(documented: Documented, headers: Answer['headers']): void {
  for (const [name, { required }] of documented.headers)
    if (required && headers[name] === undefined) fail(`no header ${name}`)
  for (const [name, value] of Object.entries(headers)) {
    const header = documented.headers.get(name)
    if (header === undefined && !GENERAL_HEADERS.test(name))
      fail(`the header ${name}, which is not documented`)
    const complaint = header?.check(value)
    if (complaint !== undefined) fail(`a header ${name} unlike its schema`, complaint)
  }
}

function checkProblem({ status, headers, body }: Answer): void {
  if (mediaType(headers) !== PROBLEM) fail('an error that is no problem document')
  if (body.length > LONGEST_PROBLEM) fail(`a problem document of ${body.length} characters`)
  const problem = JSON.parse(body)
  const known = ERRORS[problem.error as ErrorCode]
  if (known?.status !== status || problem.status !== status) fail(`the error ${problem.error}`)
  const id = headers['x-request-id']
  if (id !== undefined && problem.instance !== `urn:pushcart:request:${id}`)
    fail('a request id that is not the one in the header')
}

function mediaType(headers: Answer['headers']): string {
  return headers['content-type']?.split(';', 1)[0] ?? ''
}

function fail(what: string, details?: unknown): never {
  throw new Error(details === undefined ? what : `${what}: ${JSON.stringify(details)}`)
}
