import type { ConnectionTap } from '../../faults/tcp-proxy.ts'
import { messageReader } from './message-reader.ts'
import type { StatementLog } from './statement-log.ts'

/** A statement that was sent and not responded to yet; `undefined` marks a Sync, which ends a group. */
type Sent = { readonly text: string; readonly input: string; readonly at: number } | undefined

const STARTUP = 196608
const MAX_INPUT = 2000

/**
 * Reads the statements of one PostgreSQL connection (PostgreSQL documentation, chapter 54: "Frontend/Backend Protocol").
 * The server responds in order, so the first pending statement is the one that a CommandComplete concludes; after an
 * error it ignores everything up to the next Sync.
 */
export function tapPostgres(log: StatementLog): ConnectionTap {
  const prepared = new Map<string, string>()
  const sent: Sent[] = []
  let bound = { text: '', input: '' }
  let started = false

  function conclude(rows: number | null, error: string | null): void {
    const [first] = sent
    if (first === undefined) return
    sent.shift()
    if (!log.isOpen()) return
    const { text, input, at } = first
    const ms = performance.now() - at
    log.note({ text, input, ms, rows, read_units: null, write_units: null, error })
  }

  const frontend = messageReader((type, body) => {
    switch (type) {
      case 'P': {
        const [name, query] = texts(body)
        prepared.set(name ?? '', query ?? '')
        return
      }
      case 'B': {
        const [, name = ''] = texts(body)
        bound = { text: prepared.get(name) ?? '', input: log.isOpen() ? parametersIn(body) : '' }
        return
      }
      case 'E':
        sent.push({ ...bound, at: performance.now() })
        return
      case 'Q':
        sent.push({ text: texts(body)[0] ?? '', input: '', at: performance.now() }, undefined)
        return
      case 'S':
        sent.push(undefined)
    }
  })
  const backend = messageReader((type, body) => {
    if (type === 'C') conclude(rowsOf(texts(body)[0] ?? ''), null)
    else if (type === 's' || type === 'I') conclude(0, null)
    else if (type === 'E') conclude(null, errorIn(body))
    else if (type === 'Z') sent.splice(0, sent.indexOf(undefined) + 1)
  })

  return {
    toServer(chunk) {
      if (started) return frontend(chunk)
      // Requests before the start-up message have no type; a start-up message is never split on loopback.
      const code = chunk.length >= 8 ? chunk.readInt32BE(4) : 0
      if (code !== STARTUP) return
      started = true
      frontend(chunk.subarray(chunk.readInt32BE(0)))
    },
    toClient(chunk) {
      if (started) backend(chunk)
    },
  }
}

/** The zero-terminated texts at the beginning of a message. */
function texts(body: Buffer): string[] {
  const first = body.indexOf(0)
  if (first < 0) return []
  const second = body.indexOf(0, first + 1)
  const head = body.toString('utf8', 0, first)
  return second < 0 ? [head] : [head, body.toString('utf8', first + 1, second)]
}

/** The parameters of a Bind as one text; those in binary format as hexadecimal digits. */
function parametersIn(body: Buffer): string {
  let at = body.indexOf(0, body.indexOf(0) + 1) + 1
  const next16 = () => {
    at += 2
    return body.readInt16BE(at - 2)
  }
  const formats = Array.from({ length: next16() }, next16)
  const count = next16()
  const values = Array.from({ length: count }, (_, index) => {
    const length = body.readInt32BE(at)
    at += 4
    if (length < 0) return 'null'
    const value = body.subarray(at, at + length)
    at += length
    const format = formats.length === 1 ? formats[0] : (formats[index] ?? 0)
    return format === 1 ? `\\x${value.toString('hex')}` : value.toString('utf8')
  })
  const text = values.map((value, index) => `$${index + 1} = ${value}`).join('\n')
  return text.length > MAX_INPUT ? `${text.slice(0, MAX_INPUT)} ...` : text
}

/** "INSERT 0 2" and "SELECT 3" end with the number of rows. */
function rowsOf(tag: string): number | null {
  const rows = /(\d+)$/.exec(tag)?.[1]
  return rows === undefined ? null : Number(rows)
}

/** SQLSTATE and message of an ErrorResponse. */
function errorIn(body: Buffer): string {
  const fields = body.toString('utf8').split('\0')
  const field = (code: string) => fields.find((text) => text.startsWith(code))?.slice(1) ?? ''
  return `${field('C')} ${field('M')}`.trim()
}
