import type { FastifyRequest } from 'fastify'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { type LoggedRequest, openRequestLog } from '../../src/http/request-log.ts'

/** The log lines of a request by our code and by pino, without the members that depend on the time. */
function linesOf(
  options: object,
  more: Partial<LoggedRequest> = {},
  url = '/products?name=%22"\\',
) {
  const lines: string[] = []
  const logger = pino(options, { write: (line: string) => lines.push(line) })
  const request = { id: 'r-1', method: 'GET', url } as FastifyRequest
  const answered = {
    request,
    started: performance.now(),
    traceId: undefined,
    spanId: undefined,
    ...more,
  }
  openRequestLog(logger)(answered, 200)
  const { info } = logger
  openRequestLog({ ...silent, info: info.bind(logger) })(answered, 200)
  return lines.map((line) =>
    line.replace(/"time":\d+/, '"time":0').replace(/"ms":[\d.]+/, '"ms":0'),
  )
}
const nothing = () => {}
const silent = {
  level: 'info',
  fatal: nothing,
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  trace: nothing,
  silent: nothing,
  child: () => silent,
}

it.each([
  ['plainly', { base: null }, {}],
  ['with bindings', { base: { worker: 1, pid: 7 } }, {}],
  ['with a trace', { base: null }, { traceId: 'a1', spanId: 'b2' }],
  ['with the trace of the caller', { base: null }, { traceId: 'a1' }],
])('writes the same line as pino, %s', (_, options, more) => {
  const [ours, theirs, ...rest] = linesOf(options, more)
  expect(ours).toContain('"reqId":"r-1"')
  expect(ours).toBe(theirs)
  expect(rest).toEqual([])
})

it('escapes the URL', () => {
  const url = '/a"b\\c\u0000\n🛒'
  const [ours = ''] = linesOf({ base: null }, {}, url)
  expect(JSON.parse(ours)).toMatchObject({ url, status: 200, msg: 'request' })
})

it('writes nothing at a level above info', () => {
  expect(linesOf({ base: null, level: 'warn' })).toEqual([])
})
