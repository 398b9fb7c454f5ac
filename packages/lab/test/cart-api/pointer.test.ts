import { expect, test } from 'vitest'
import { parseJson } from '../../src/cart-api/parse-json.ts'
import { compileAll, compilePointer } from '../../src/cart-api/pointer.ts'

const BODY = {
  groups: [{ items: [{ id: 1 }, { id: 2 }] }, { items: [{ id: 3 }] }],
  lines: [
    { type: 'product', id: 'a' },
    { type: 'shipping', id: 'b' },
  ],
  bySku: { s1: { n: 2 }, s2: { n: 1 } },
  'a/b': { '~': 5 },
  none: null,
}

test.each<[string, unknown]>([
  ['', BODY],
  ['/groups/0/items/1/id', 2],
  ['/a~1b/~0', 5],
  ['/none/x', undefined],
  ['/groups/length/constructor', undefined],
])('%s is one value', (pointer, value) => {
  expect(compilePointer(pointer)(BODY)).toEqual(value)
})

test.each<[string, unknown]>([
  ['/groups/*/items/*/id', [1, 2, 3]],
  ['/lines/*[type=product]/id', ['a']],
  ['/lines', BODY.lines],
  ['/none', null],
  ['/none/*', null],
  ['/missing', undefined],
  ['/bySku', undefined],
])('%s are all values', (pointer, values) => {
  expect(compileAll(pointer)(BODY)).toEqual(values)
})

test('fields of an object are elements with a key', () => {
  const [key, n] = [compilePointer('@key'), compilePointer('/n')]
  const found = compileAll('/bySku/*')(BODY) ?? []
  expect(found.map((line) => [key(line), n(line)])).toEqual([
    ['s1', 2],
    ['s2', 1],
  ])
})

test('an integer beyond 2^53 keeps its digits, and other numbers stay numbers', () => {
  const text =
    '{"id":1796011922347941035,"n":3,"f":0.5000000000000000000,"s":"1796011922347941035"}'
  expect(parseJson(text)).toEqual({
    id: '1796011922347941035',
    n: 3,
    f: 0.5,
    s: '1796011922347941035',
  })
  expect([parseJson(''), parseJson('<html>')]).toEqual([undefined, undefined])
})
