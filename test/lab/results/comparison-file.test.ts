import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import {
  ComparisonFileError,
  ComparisonFileSchema,
  readComparison,
  writeComparison,
} from '../../../lab/results/comparison-file.ts'
import { loadResult } from '../../support/load-result.ts'
import { consistency, environment, records, scattered, side } from '../report/fixtures.ts'

const WATCHED = {
  service_cpu_s: 1,
  service_memory_bytes: 1,
  database_cpu_s: null,
  database_memory_bytes: null,
  database_disk_bytes: null,
  connections: null,
  read_units: null,
  write_units: null,
  store_retries: null,
  store_throttles: null,
}
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

test('what was written is read as it was', () => {
  const text = writeComparison(PARTS)
  expect(readComparison(text)).toEqual({ format: 'pushcart comparison', version: 1, ...PARTS })
})

test.each([
  ['', 'it is empty'],
  ['\n', 'it is empty'],
  ['{', 'it is not JSON, or was cut off'],
  [writeComparison(PARTS).slice(0, 5000), 'it is not JSON, or was cut off'],
  [JSON.stringify(RESULT), 'it is a "pushcart load result"'],
  ['{"format":"a\\u001b[2J"}', 'it is a "a?[2J"'],
  ['null', 'it must be object'],
  ['[]', 'it is a list, such as'],
  ['{"results":[]}', "it must have required property 'format'"],
  [
    writeComparison(PARTS).replace('"version": 1', '"version": 2'),
    'version 2 of the file; this pushcart reads version 1',
  ],
  [
    writeComparison(PARTS).replace('"block": 0', '"block": "first"'),
    '/load/slots/0/block must be integer',
  ],
  [
    writeComparison(PARTS).replace('"side": "x"', '"side": "stranger"'),
    'there is no side "stranger"',
  ],
  [writeComparison(PARTS).replaceAll('"key": "y"', '"key": "x"'), 'there are two sides "x"'],
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
    '/environment/started_at is no time',
  ],
])('a damaged or foreign file is refused in one line (%#)', (text, reason) => {
  expect(() => readComparison(text)).toThrow(ComparisonFileError)
  expect(() => readComparison(text)).toThrow(reason)
})

test('is described by the published schema', async () => {
  const published = new URL('../../../lab/results/comparison.schema.json', import.meta.url)
  const schema = JSON.parse(await readFile(published, 'utf8'))
  expect(schema).toEqual(JSON.parse(JSON.stringify(ComparisonFileSchema)))
  // By a validator that knows nothing of ours.
  const validate = new Ajv({ strict: false }).compile(schema)
  expect(validate(JSON.parse(writeComparison(PARTS)))).toBe(true)
  expect(validate(JSON.parse(writeComparison(PARTS).replace('"block": 0', '"block": -1')))).toBe(
    false,
  )
})

test('nothing is written that could not be read again', () => {
  expect(() => writeComparison({ ...PARTS, capacity: undefined as never })).toThrow(
    ComparisonFileError,
  )
})

test('what single operations took belongs to a side, too', () => {
  const cost = { clients: 8, lines: 5, listed: 20, operations: [], cart_bytes: 1 }
  const part = (side: string) => ({
    operations: { sides: [{ ...cost, side, cart_bytes_by: 'disk' as const }] },
  })
  const text = writeComparison({ ...PARTS, ...part('x') })
  expect(readComparison(text)).toMatchObject(part('x'))
  expect(() => writeComparison({ ...PARTS, ...part('z') })).toThrow('there is no side "z"')
})
