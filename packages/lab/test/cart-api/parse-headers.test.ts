import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { parseHeaders, withoutValue } from '../../src/cart-api/parse-headers.ts'
import { ownFolder } from '../commands/commands-support.ts'

afterEach(() => vi.unstubAllEnvs())

test('values come from the option, from variables and from files', async () => {
  vi.stubEnv('LAB_TOKEN', 'abc')
  const folder = await ownFolder()
  const [value, several] = [join(folder, 'value'), join(folder, 'several')]
  await writeFile(value, 'from a file\n')
  await writeFile(several, '# comment\nX-One: 1\n\nx-two: $LAB_TOKEN\n')
  expect(
    parseHeaders([
      'Accept-Language: de',
      `authorization: Bearer \${LAB_TOKEN}`,
      'x-price: 5 $$',
      `x-file: @${value}`,
      `@${several}`,
    ]),
  ).toEqual({
    'accept-language': 'de',
    authorization: 'Bearer abc',
    'x-price': '5 $',
    'x-file': 'from a file',
    'x-one': '1',
    'x-two': 'abc',
  })
})

test.each([
  ['no colon', "header: must be 'Name: value' or @FILE"],
  ['two words: x', "header: must be 'Name: value' or @FILE"],
  ['x-empty:', 'header: x-empty has no value'],
  ['x: $NOT_SET_ANYWHERE', 'header: the environment variable NOT_SET_ANYWHERE is not set'],
  ['x: a\r\ny: b', 'header: the value of x must be ASCII without line breaks'],
  ['Host: other', 'header: host is set by the lab'],
  ['@/no/such/file', 'header: /no/such/file: no such file'],
])('%j is refused', (option, message) => {
  expect(() => parseHeaders([option])).toThrow(message)
})

test.each([
  ['authorization: Bearer secret', 'authorization: ***'],
  ['authorization: Bearer $TOKEN', 'authorization: Bearer $TOKEN'],
  ['authorization: secret $TOKEN', 'authorization: ***'],
  ['x-key: @key.txt', 'x-key: @key.txt'],
  ['@headers.txt', '@headers.txt'],
])('%s is recorded as %s', (option, recorded) => {
  expect(withoutValue(option)).toBe(recorded)
})
