import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import type { History, HistoryHeader, Operation } from './operation.ts'

/** A header or an operation as a line of a history file, with the line ending. */
export function formatLine(entry: HistoryHeader | Operation): string {
  return `${JSON.stringify(entry)}\n`
}

/** Writes a history file during the recording. */
export interface HistoryWriter {
  /** Resolves when there is room for the next operation. */
  write(operation: Operation): Promise<void>
  /** Resolves when everything is in the file; rejects with the first write error. */
  close(): Promise<void>
}

/** Creates or replaces the file and writes the header. */
export function writeHistory(path: string, header: HistoryHeader): HistoryWriter {
  const stream = createWriteStream(path)
  const end = finished(stream)
  // close() reports the error. Before that, nothing may await `end`.
  end.catch(() => {})
  stream.write(formatLine(header))
  return {
    async write(operation) {
      if (stream.write(formatLine(operation))) return
      await Promise.race([new Promise((resolve) => stream.once('drain', resolve)), end])
    },
    async close() {
      stream.end()
      await end
    },
  }
}

/** The whole history as the text of a file. */
export function formatHistory({ header, operations }: History): string {
  return formatLine(header) + operations.map(formatLine).join('')
}
