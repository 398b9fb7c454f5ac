import { validate, version } from 'uuid'
import { expect, it } from 'vitest'
import { createRequestIds } from '../../src/http/request-ids.ts'

it('ids of requests are different UUIDs, also those of two apps', () => {
  const [mine, others] = [createRequestIds(), createRequestIds()]
  const ids = Array.from({ length: 5000 }, (_, i) => (i % 2 === 0 ? mine() : others()))
  expect(new Set(ids).size).toBe(5000)
  expect(ids.every((id) => validate(id) && version(id) === 4)).toBe(true)
})

it('ids of requests have a new beginning after 16 million', () => {
  const next = createRequestIds()
  const first = next()
  for (let i = 1; i < 16 ** 6; i++) next()
  const beginning = (id: string) => id.slice(0, -6)
  expect(beginning(next())).not.toBe(beginning(first))
})
