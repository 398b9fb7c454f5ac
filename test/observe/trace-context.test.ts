import { expect, it } from 'vitest'
import { parseTraceParent } from '../../src/observe/trace-context.ts'
import { makeApp } from '../support/app.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

it('parses a traceparent', () => {
  expect(parseTraceParent(`00-${TRACE}-${SPAN}-01`)).toEqual({
    traceId: TRACE,
    spanId: SPAN,
    flags: 1,
  })
  expect(parseTraceParent(`00-${TRACE}-${SPAN}-00`)?.flags).toBe(0)
  expect(parseTraceParent(`cc-${TRACE}-${SPAN}-01-what-the-future-brings`)?.spanId).toBe(SPAN)
})

it.each([
  [undefined],
  [''],
  ['nonsense'],
  [`ff-${TRACE}-${SPAN}-01`],
  [`00-${TRACE}-${SPAN}-01-more`],
  [`00-${'0'.repeat(32)}-${SPAN}-01`],
  [`00-${TRACE}-${'0'.repeat(16)}-01`],
  [`00-${TRACE.toUpperCase()}-${SPAN}-01`],
  [`00-${TRACE}-${SPAN}`],
  [`00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
  [`cc-${TRACE}-${SPAN}-01-${'x'.repeat(1000)}`],
])('ignores %j', (header) => {
  expect(parseTraceParent(header)).toBeUndefined()
})

it("adds the caller's trace id to every log line of its request, also without tracing", async () => {
  const { get, logs } = makeApp()
  await get('/products/1', { traceparent: `00-${TRACE}-${SPAN}-01` })
  await get('/products/1', { traceparent: 'nonsense' })
  expect(logs.map((line) => line.trace_id)).toEqual([TRACE, undefined])
})
