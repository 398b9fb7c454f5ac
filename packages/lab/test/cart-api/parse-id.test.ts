import { expect, it } from 'vitest'
import { parseId } from '../../src/cart-api/parse-id.ts'

it.each([
  ['42', 42],
  ['9007199254740991', 9007199254740991],
  ['9007199254740992', '9007199254740992'],
  ['110248495921238986420', '110248495921238986420'],
  ['0042', '0042'],
  ['0', '0'],
  ['tea', 'tea'],
  ['', ''],
])('the text %j stands for the id %j', (text, id) => {
  expect(parseId(text)).toBe(id)
})
