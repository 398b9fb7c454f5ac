import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { listen } from '../../../../test/support/listen.ts'
import { AsciiResponse } from '../../src/http/connections/ascii-response.ts'

it.each([
  ['ASCII', ['{"a":1}'], '{"a":1}'],
  ['latin letters', ['é'], 'é'],
  ['other letters', ['{"name":"🛒 日本"}'], '{"name":"🛒 日本"}'],
  ['bytes', [Buffer.from('é')], 'é'],
  ['a text with an encoding', ['c3a9', 'hex'], 'é'],
  ['nothing', [], ''],
] as const)('writes %s as UTF-8', async (_, [chunk, encoding], expected) => {
  const server = createServer({ ServerResponse: AsciiResponse }, (_request, response) => {
    response.setHeader('x-request-id', 'r-1')
    if (encoding === undefined) response.end(chunk)
    else response.end(chunk, encoding)
  })
  await using running = await listen(server)
  const response = await fetch(running.url)
  expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(expected))
  expect(response.headers.get('x-request-id')).toBe('r-1')
})
