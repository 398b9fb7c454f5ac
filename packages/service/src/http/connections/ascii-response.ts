import { type IncomingMessage, ServerResponse } from 'node:http'

/**
 * Node's response, which writes a text of ASCII characters as latin1: the bytes are the same as in UTF-8, and copying them takes
 * less time than encoding them.
 */
export class AsciiResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  override end(callback?: () => void): this
  override end(chunk: unknown, callback?: () => void): this
  override end(chunk: unknown, encoding: BufferEncoding, callback?: () => void): this
  override end(chunk?: unknown, encoding?: unknown, callback?: unknown): this {
    const isAscii =
      typeof chunk === 'string' && encoding == null && Buffer.byteLength(chunk) === chunk.length
    const end = super.end as (...parameters: unknown[]) => this
    return end.call(this, chunk, isAscii ? 'latin1' : encoding, callback)
  }
}
