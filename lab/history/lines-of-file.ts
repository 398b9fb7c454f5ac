import { createReadStream } from 'node:fs'
import { BadField } from './fields.ts'

/** The longest line that is read; a list of a hundred pages is a third of it. */
const MOST_CHARACTERS = 64 * 1024 * 1024

/**
 * The lines of a file in batches, since a promise for each costs as much as parsing it. BadField at a line without end,
 * which would fill the memory; else rejects with the error of the file system.
 */
export async function* linesOfFile(path: string): AsyncGenerator<readonly string[]> {
  const input = createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })
  let rest: string[] = []
  let length = 0
  for await (const chunk of input as AsyncIterable<string>) {
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
    if (length > MOST_CHARACTERS) throw new BadField('this line has no end')
  }
  yield [rest.join('')]
}
