import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { NOTHING_SEEN } from '../../../../test/support/comparison.ts'
import { loadResult } from '../../../../test/support/load-result.ts'
import { ComparisonFileSchema } from '../../src/results/comparison-file.ts'
import {
  ComparisonFileError,
  readComparison,
  writeComparison,
} from '../../src/results/comparison-text.ts'
import { consistency, environment, records, scattered, side } from '../report/fixtures.ts'

const WATCHED = { ...NOTHING_SEEN, service_cpu_s: 1, service_memory_bytes: 1 }
const RESULT = loadResult()
const PARTS = {
  environment: environment([side('x', 'X'), side('y', 'Y')]),
  quick_look: [...records('x', scattered(1, 1)), ...records('y', scattered(2, 1))],
  consistency: [...consistency('x'), ...consistency('y')],
  load: {
    spec: RESULT.spec,
    blocks: 1,
    margin: 0.05,
    slots: [{ block: 0, place: 0, side: 'x', result: RESULT, watched: WATCHED }],
  },
  capacity: null,
}

test('reading returns what was written', () => {
  const text = writeComparison(PARTS)
  expect(readComparison(text)).toEqual({ format: 'pushcart comparison', version: 1, ...PARTS })
})

test.each([
  ['', 'the file is empty'],
  ['\n', 'the file is empty'],
  ['{', 'not JSON, or truncated'],
  [writeComparison(PARTS).slice(0, 5000), 'not JSON, or truncated'],
  [JSON.stringify(RESULT), 'format "pushcart load result"'],
  ['{"format":"a\\u001b[2J"}', 'format "a?[2J"'],
  ['null', 'the value must be object'],
  ['[]', 'a list, such as'],
  ['{"results":[]}', "the value must have required property 'format'"],
  [
    writeComparison(PARTS).replace('"version": 1', '"version": 2'),
    'file version 2; this pushcart reads version 1',
  ],
  [
    writeComparison(PARTS).replace('"block": 0', '"block": "first"'),
    '/load/slots/0/block must be integer',
  ],
  [
    writeComparison(PARTS).replace('"side": "x"', '"side": "stranger"'),
    'there is no target "stranger"',
  ],
  [writeComparison(PARTS).replaceAll('"key": "y"', '"key": "x"'), 'two targets have the key "x"'],
  [
    writeComparison(PARTS).replace('"read_attempts"', '"tries"'),
    "/consistency/0 must have required property 'read_attempts'",
  ],
  [
    writeComparison(PARTS).replace(/"response_time": "[^"]+"/, '"response_time": "HISTOGRAM"'),
    '/load/slots/0/result has a histogram that cannot be decoded',
  ],
  [
    writeComparison(PARTS).replace(/"started_at": "[^"]+"/, '"started_at": "yesterday"'),
    'not results of a comparison: /environment has a start that is not a time',
  ],
])('a damaged or foreign file is refused in one line (%#)', (text, reason) => {
  expect(() => readComparison(text)).toThrow(ComparisonFileError)
  expect(() => readComparison(text)).toThrow(reason)
})

test('is described by the published schema', async () => {
  const published = new URL('../../src/results/comparison.schema.json', import.meta.url)
  const schema = JSON.parse(await readFile(published, 'utf8'))
  expect(schema).toEqual(JSON.parse(JSON.stringify(ComparisonFileSchema)))
  // With a validator that has no settings of ours.
  const validate = new Ajv({ strict: false }).compile(schema)
  expect(validate(JSON.parse(writeComparison(PARTS)))).toBe(true)
  expect(validate(JSON.parse(writeComparison(PARTS).replace('"block": 0', '"block": -1')))).toBe(
    false,
  )
})

test('parts that readComparison would refuse are not written', () => {
  expect(() => writeComparison({ ...PARTS, capacity: undefined as never })).toThrow(
    ComparisonFileError,
  )
})

test('costs of operations belong to a target', () => {
  const cost = { clients: 8, lines: 5, listed: 20, operations: [], cart_bytes: 1 }
  const part = (side: string) => ({
    operations: { sides: [{ ...cost, side, cart_bytes_by: 'disk' as const }] },
  })
  const text = writeComparison({ ...PARTS, ...part('x') })
  expect(readComparison(text)).toMatchObject(part('x'))
  expect(() => writeComparison({ ...PARTS, ...part('z') })).toThrow('there is no target "z"')
})
