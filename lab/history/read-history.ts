import { DamagedHistory } from './damaged-history.ts'
import { BadField, createIntern, type Fields, isFields } from './fields.ts'
import { linesOfFile } from './lines-of-file.ts'
import type { History, HistoryHeader, Operation } from './operation.ts'
import { parseHeader, parseOperation } from './parse-operation.ts'

/**
 * Reads a history file line by line: the text is never in memory as a whole, and texts that occur again are kept once.
 * Rejects with DamagedHistory, or with the error of the file system.
 */
export async function readHistory(path: string): Promise<History> {
  const reader = createReader()
  try {
    for await (const lines of linesOfFile(path)) for (const line of lines) reader.line(line)
  } catch (error) {
    if (error instanceof BadField) throw new DamagedHistory(reader.lines() + 1, error.message)
    throw error
  }
  return reader.end()
}

/** The history that the text of a file holds; throws DamagedHistory. */
export function parseHistory(text: string): History {
  const reader = createReader()
  for (const line of text.split('\n')) reader.line(line)
  return reader.end()
}

interface Reader {
  line(text: string): void
  /** How many there were. */
  lines(): number
  end(): History
}

function createReader(): Reader {
  const intern = createIntern()
  const ids = new Set<number>()
  const operations: Operation[] = []
  let header: HistoryHeader | undefined
  let number = 0

  function take(fields: Fields): void {
    if (header === undefined) {
      header = parseHeader(fields)
      return
    }
    const operation = parseOperation(fields, intern)
    if (ids.has(operation.id)) throw new BadField(`id ${operation.id} occurs twice`)
    ids.add(operation.id)
    operations.push(operation)
  }

  return {
    line(text) {
      number++
      if (text.trim() === '') return
      try {
        take(parseObject(text))
      } catch (error) {
        if (error instanceof BadField) throw new DamagedHistory(number, error.message)
        throw error
      }
    },
    lines: () => number,
    end() {
      if (header === undefined) throw new DamagedHistory(1, 'the file is empty')
      return { header, operations }
    },
  }
}

function parseObject(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new BadField('this is not JSON (was the recording cut off?)')
  }
  if (!isFields(value)) throw new BadField('a line must be one JSON object')
  return value
}
