import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { parse as parseCsv } from 'csv-parse/sync'

/** A row of a catalog file. */
export interface Row {
  /** Where it is, for messages: `line 7` or `product 7`. */
  readonly at: string
  readonly fields: Readonly<Record<string, unknown>>
  /** Whether the values have types, as in JSON; the cells of delimited files are text. */
  readonly typed: boolean
}

/** A file cannot be read as rows. The message is one line. */
export class UnreadableRows extends Error {
  override readonly name = 'UnreadableRows'
}

const KINDS = ['.json', '.csv', '.tsv', '.txt']
const DELIMITERS = [',', ';', '\t', '|'] as const

/**
 * Reads the rows of a JSON file (an array of objects, or an object with one such array) or of a file of delimited values.
 * The delimiter is the one of comma, semicolon, tab and bar that the header line has most of. A byte order mark is
 * ignored.
 *
 * @param headerLine line with the names of the columns, from 1
 * @throws UnreadableRows
 */
export async function readRows(file: string, headerLine = 1): Promise<Row[]> {
  const kind = extname(file).toLowerCase()
  if (!KINDS.includes(kind)) throw new UnreadableRows(`must end in ${KINDS.join(', ')}`)
  const bytes = await readFile(file).catch((error: Error) => {
    throw new UnreadableRows(firstLine(error))
  })
  const text = decode(bytes)
  const rows = kind === '.json' ? jsonRows(text) : delimitedRows(text, headerLine)
  if (rows.length === 0) throw new UnreadableRows('has no products')
  return rows
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UnreadableRows(
      `line ${firstInvalidLine(bytes)} is not UTF-8; convert the file, for example with iconv -f LATIN1 -t UTF-8`,
    )
  }
}

function firstInvalidLine(bytes: Uint8Array): number {
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf(10, start)
    const end = found === -1 ? bytes.length : found
    const decoded = new TextDecoder().decode(bytes.subarray(start, end))
    if (decoded.includes('\ufffd')) return line
    start = end + 1
  }
  return line
}

function jsonRows(text: string): Row[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UnreadableRows(firstLine(error as Error))
  }
  const list = Array.isArray(value) ? value : onlyList(value)
  return list.map((fields, index) => {
    const at = `product ${index + 1}`
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
      throw new UnreadableRows(`${at} is not an object`)
    return { at, fields, typed: true }
  })
}

/** APIs wrap their lists: `{"products": [...], "total": 2}`. */
function onlyList(value: unknown): unknown[] {
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const lists = members.filter(([, member]) => Array.isArray(member))
  const [first] = lists
  if (first === undefined || lists.length > 1)
    throw new UnreadableRows(
      `must be a JSON array, or an object with one array (found ${members.map(([name]) => name).join(', ') || typeof value})`,
    )
  return first[1]
}

function delimitedRows(text: string, headerLine: number): Row[] {
  const header = text.split(/\r?\n/, headerLine)[headerLine - 1] ?? ''
  try {
    const records: { record: Record<string, string>; info: { lines: number } }[] = parseCsv(text, {
      bom: true,
      from_line: headerLine,
      delimiter: delimiterOf(header),
      columns: uniqueColumns,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count_less: true,
      // Names such as `Cup "blue"` are exported without escapes.
      relax_quotes: true,
    })
    return records.map(({ record, info }) => ({
      at: `line ${info.lines}`,
      fields: record,
      typed: false,
    }))
  } catch (error) {
    throw error instanceof UnreadableRows ? error : new UnreadableRows(firstLine(error as Error))
  }
}

function delimiterOf(header: string): string {
  const outsideQuotes = header.replace(/"[^"]*"/g, '')
  const counts = DELIMITERS.map((delimiter) => outsideQuotes.split(delimiter).length)
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** Of two columns with one name, only the last would count. */
function uniqueColumns(names: string[]): string[] {
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i)
  if (twice !== undefined) throw new UnreadableRows(`has two columns "${twice}"`)
  return names.map((name, i) => (name === '' ? `column ${i + 1}` : name))
}

function firstLine(error: Error): string {
  return error.message.split('\n')[0] ?? ''
}
