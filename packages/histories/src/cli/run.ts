import { parseArgs } from 'node:util'
import { DamagedHistory } from '../history/damaged-history.ts'
import { DEFAULT_LIMITS } from '../search/search.ts'
import { checkCartFile } from './check-cart-file.ts'
import { checkKeyValueFile, checkRegisterFile } from './check-events-file.ts'
import type { CheckFile } from './file-result.ts'

export interface CliIo {
  /** Prints a line on the standard output. */
  out(line: string): void
  err(line: string): void
}

/** The exit codes of `histories`. */
export const EXIT = { holds: 0, violated: 1, unknown: 2, usage: 3 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

const HELP = `Usage: histories check --model cart|register|kv [--ms N] [--json] FILE

Checks a recorded history, one JSON object per line.

  --model cart      a history of a cart service: nine guarantees
  --model register  events of registers: read, write, cas
  --model kv        events of a key-value store: get, put, append
  --ms N            maximum time of each search, milliseconds (${DEFAULT_LIMITS.ms})
  --json            print the whole result as JSON

Exit codes: 0 everything holds; 1 violated; 2 inconclusive; 3 wrong usage, or a file that cannot be read

Example: histories check --model register history.ndjson`

class UsageError extends Error {}

/** Runs the command. @param args without the name of the program */
export async function runCli(args: readonly string[], io: CliIo): Promise<ExitCode> {
  try {
    const wanted = parse(args)
    if (wanted === 'help') {
      io.out(HELP)
      return EXIT.holds
    }
    const { file, check, ms, json } = wanted
    const { verdict, lines, result } = await check(file, { ...DEFAULT_LIMITS, ms })
    if (json) io.out(JSON.stringify(result, null, 2))
    else for (const line of lines) io.out(line)
    return EXIT[verdict]
  } catch (error) {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    io.err(`error: ${reason}`)
    return EXIT.usage
  }
}

interface Wanted {
  readonly file: string
  readonly check: CheckFile
  readonly ms: number
  readonly json: boolean
}

const CHECKS: ReadonlyMap<string, CheckFile> = new Map([
  ['cart', checkCartFile],
  ['register', checkRegisterFile],
  ['kv', checkKeyValueFile],
])

/** @throws UsageError or an error of parseArgs */
function parse(args: readonly string[]): Wanted | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      ms: { type: 'string', default: String(DEFAULT_LIMITS.ms) },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return 'help'
  const [command, file, ...more] = positionals
  if (command !== 'check') throw new UsageError('expected: histories check --model MODEL FILE')
  if (file === undefined || more.length > 0) throw new UsageError('expected exactly one file')
  const check = CHECKS.get(values.model ?? '')
  if (check === undefined)
    throw new UsageError(`--model must be one of ${[...CHECKS.keys()].join(', ')}`)
  const ms = Number(values.ms)
  if (!(ms > 0)) throw new UsageError(`--ms must be a number above 0 (got ${values.ms})`)
  return { file, check, ms, json: values.json }
}

/** One line for an error that the user can do something about. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (error instanceof UsageError || error instanceof DamagedHistory) return error.message
  const isKnown =
    'code' in error && ('syscall' in error || String(error.code).startsWith('ERR_PARSE_ARGS'))
  return isKnown ? error.message : undefined
}
