import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { FastifyReply } from 'fastify'
import { expect, test } from 'vitest'
import { openPageWriter, type PageWriter } from '../../../src/http/pages/page-text.ts'

const ITEM = `"${'é'.repeat(10_000)}"`

/** What the writer sends for a page of so many items of 20 KB. */
async function sent(writer: PageWriter, items: number) {
  const headers = new Map<string, unknown>()
  let payload: unknown
  const reply = {
    type: () => reply,
    header(name: string, value: unknown) {
      headers.set(name, value)
      return reply
    },
    send(what: unknown) {
      payload = what
      return reply
    },
  }
  await writer.send(reply as unknown as FastifyReply, {
    name: 'things',
    items: Array.from({ length: items }, () => ITEM),
    cursor: 'c"',
    textOf: (item) => item,
  })
  return { headers, payload: payload as string | Readable }
}

const pageOf = (items: number) =>
  `{"things":[${Array.from({ length: items }, () => ITEM).join()}],"next_cursor":"c\\""}`

test('a short page is one text', async () => {
  for (const items of [0, 1, 3])
    expect((await sent(openPageWriter(), items)).payload).toBe(pageOf(items))
})

test('a long page is made in slices, between which others run, and sent as it is read', async () => {
  let turns = 0
  let isOver = false
  const other = () => {
    turns += 1
    if (!isOver) setImmediate(other)
  }
  other()
  const { headers, payload } = await sent(openPageWriter(), 70)
  const before = turns
  const whole = pageOf(70)
  expect(headers.get('content-length')).toBe(Buffer.byteLength(whole))
  expect(before).toBeGreaterThanOrEqual(10)
  expect(await text(payload as Readable)).toBe(whole)
  isOver = true
  expect(turns - before).toBeGreaterThanOrEqual(10)
})

test('of too many long pages, the one that has not been read for the longest time is given up', async () => {
  // Each has 280 KB.
  const writer = openPageWriter(700_000)
  const long = async () => (await sent(writer, 14)).payload as Readable
  const [first, second] = [await long(), await long()]
  first.read(0)
  second.read(0)
  first.read()
  await new Promise((resolve) => first.once('readable', resolve))
  first.read()
  const given = new Promise<Error>((resolve) => second.once('error', resolve))
  const third = await long()
  expect((await given).message).toBe('not read for the longest time')
  expect([first.destroyed, second.destroyed, third.destroyed]).toEqual([false, true, false])
  // What has been read takes no more place.
  for (const page of [first, third]) {
    page.resume()
    await new Promise((resolve) => page.once('close', resolve))
  }
  const [fourth, fifth] = [await long(), await long()]
  expect([fourth.destroyed, fifth.destroyed]).toEqual([false, false])
})
