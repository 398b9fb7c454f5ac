import { DamagedHistory } from './damaged-history.ts'
import { BadField, createIntern } from './fields.ts'
import { type LineTaker, readFileLines, readTextLines } from './ndjson.ts'
import type { History, HistoryHeader, Operation } from './operation.ts'
import { parseHeader, parseOperation } from './parse-operation.ts'

/**
 * Reads a file of the history of a cart service. Rejects with DamagedHistory, with the error of the file system, or with an
 * AbortError when `signal` is aborted.
 */
export function readHistory(path: string, signal?: AbortSignal): Promise<History> {
  return readFileLines(path, createTaker(), signal)
}

/** The history in the text of a file; throws DamagedHistory. */
export function parseHistory(text: string): History {
  return readTextLines(text, createTaker())
}

function createTaker(): LineTaker<History> {
  const intern = createIntern()
  const ids = new Set<number>()
  const operations: Operation[] = []
  let header: HistoryHeader | undefined
  return {
    take(fields) {
      if (header === undefined) {
        header = parseHeader(fields)
        return
      }
      const operation = parseOperation(fields, intern)
      if (ids.has(operation.id)) throw new BadField(`id ${operation.id} occurs twice`)
      ids.add(operation.id)
      operations.push(operation)
    },
    end() {
      if (header === undefined) throw new DamagedHistory(1, 'the file is empty')
      return { header, operations }
    },
  }
}
