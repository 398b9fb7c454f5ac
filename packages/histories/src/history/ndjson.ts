import { createReadStream } from 'node:fs'
import { DamagedHistory } from './damaged-history.ts'
import { BadField, type Fields, isFields } from './fields.ts'

/** Maximum length of a line; a list of a hundred pages takes a third of it. */
const MAX_CHARACTERS = 64 * 1024 * 1024

/** Takes the objects of a text of one JSON object per line. */
export interface LineTaker<T> {
  /** @throws BadField @param line counted from 1 */
  take(fields: Fields, line: number): void
  /** What all objects together are. */
  end(): T
}

/**
 * Reads a file line by line; the whole text is never in memory. Rejects with DamagedHistory, with the error of the
 * file system, or with an AbortError.
 */
export async function readFileLines<T>(
  path: string,
  taker: LineTaker<T>,
  signal?: AbortSignal,
): Promise<T> {
  const counter = createCounter(taker)
  try {
    for await (const lines of linesOfFile(path, signal))
      for (const line of lines) counter.line(line)
  } catch (error) {
    throw error instanceof BadField ? counter.damage(error) : error
  }
  return taker.end()
}

/** Reads a text; throws DamagedHistory. */
export function readTextLines<T>(text: string, taker: LineTaker<T>): T {
  const counter = createCounter(taker)
  try {
    for (const line of text.split('\n')) counter.line(line)
  } catch (error) {
    throw error instanceof BadField ? counter.damage(error) : error
  }
  return taker.end()
}

function createCounter(taker: LineTaker<unknown>) {
  let number = 1
  return {
    line(text: string): void {
      if (text.trim() !== '') taker.take(parseObject(text), number)
      number++
    },
    damage: ({ message }: BadField): DamagedHistory => new DamagedHistory(number, message),
  }
}

function parseObject(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadField('not JSON (was the recording cut off?)')
  }
  if (!isFields(value)) throw new BadField('a line must be one JSON object')
  return value
}

/**
 * The lines of a file in batches, because a promise for each line costs as much as parsing it. BadField at a line of
 * more than MAX_CHARACTERS, which would fill the memory.
 */
async function* linesOfFile(
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly string[]> {
  const input: AsyncIterable<string> = createReadStream(path, {
    encoding: 'utf8',
    highWaterMark: 1 << 20,
    ...(signal && { signal }),
  })
  let rest: string[] = []
  let length = 0
  for await (const chunk of input) {
    const lines = chunk.split('\n')
    const last = lines.pop() ?? ''
    const [first] = lines
    if (first !== undefined) {
      lines[0] = rest.join('') + first
      rest = []
      length = 0
      yield lines
    }
    rest.push(last)
    length += last.length
    if (length > MAX_CHARACTERS) throw new BadField('the line is too long')
  }
  yield [rest.join('')]
}
