import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { JSON_TYPE } from '../cart-text.ts'

/** A page of a list, to be written as JSON. */
export interface PageToWrite<T> {
  /** Name of the member with the items. */
  readonly name: string
  readonly items: readonly T[]
  readonly cursor: string | null
  /** JSON of an item. */
  textOf(item: T): string
}

/** Writes pages of lists. */
export interface PageWriter {
  /** Sends the page as the response. */
  send<T>(reply: FastifyReply, page: PageToWrite<T>): Promise<FastifyReply>
}

/** Characters that are made, and sent, without a pause: about a millisecond. */
const SLICE = 64 * 1024
/** Maximum size of the long pages that are being sent, bytes: 34 of the largest ones. */
const MAX_UNREAD = 64 * 2 ** 20

/**
 * Long pages are made in slices of 64 KB, between which other requests are handled, and sent slice by slice as the client
 * reads them. As one text, a page of 100 full carts (1.9 MB) delayed every other request by its whole time, and took three
 * times its size in buffers for as long as it was not read.
 *
 * If the long pages that are being sent exceed `maxUnread` bytes, the one that has not been read for the longest time is
 * given up, and its connection closed.
 */
export function openPageWriter(maxUnread = MAX_UNREAD): PageWriter {
  /** The sizes of long pages that are being sent, the one that was read most recently last. */
  const sending = new Map<Readable, number>()
  let unread = 0

  function forget(page: Readable): void {
    unread -= sending.get(page) ?? 0
    sending.delete(page)
  }

  function streamOf(slices: Buffer[], bytes: number): Readable {
    const stream: Readable = new Readable({
      highWaterMark: 1,
      read() {
        // To the end of the order.
        if (sending.delete(stream)) sending.set(stream, bytes)
        // Not at once: a client that reads fast would get the whole page in one turn of the event loop.
        setImmediate(() => {
          if (!stream.destroyed) stream.push(slices.shift() ?? null)
        })
      },
    })
    stream.once('close', () => forget(stream))
    sending.set(stream, bytes)
    unread += bytes
    for (const [oldest] of sending) {
      if (unread <= maxUnread || oldest === stream) break
      forget(oldest)
      oldest.destroy(new Error('not read for the longest time'))
    }
    return stream
  }

  return {
    async send(reply, page) {
      reply.type(JSON_TYPE)
      const slices: Buffer[] = []
      for (const slice of slicesOf(page)) {
        if (slices.length === 0 && slice.isLast) return reply.send(slice.text)
        slices.push(Buffer.from(slice.text))
        if (!slice.isLast) await new Promise((resolve) => setImmediate(resolve))
      }
      const bytes = slices.reduce((sum, { length }) => sum + length, 0)
      return reply.header('content-length', bytes).send(streamOf(slices, bytes))
    },
  }
}

/** The text of a page in slices of at least `SLICE` characters, except for the last one. */
function* slicesOf<T>({ name, items, cursor, textOf }: PageToWrite<T>) {
  let text = `{"${name}":[`
  for (const [index, item] of items.entries()) {
    if (index > 0) text += ','
    text += textOf(item)
    if (text.length < SLICE) continue
    yield { text, isLast: false }
    text = ''
  }
  yield { text: `${text}],"next_cursor":${JSON.stringify(cursor)}}`, isLast: true }
}
