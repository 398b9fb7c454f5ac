import { fileURLToPath } from 'node:url'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { EXIT } from '../lab/errors/exit-codes.ts'
import { openBench } from './bench.ts'
import { measurePairs } from './measure.ts'
import type { Pair } from './pair.ts'
import { PAIRS } from './pairs.ts'
import { findTools, missingTools } from './support/tools.ts'

/** `npm run bench`: parsing, Ctrl-C and exit codes only. */

interface Options {
  readonly only?: readonly string[]
  readonly long: boolean
  readonly rounds: number
  readonly seconds: number
  readonly list?: true
}

const program = new Command('bench')
  .description('Measures the service against its opponents, in turns, and writes bench/results.')
  .option('--only <names>', 'pairs to measure, separated by commas', names)
  .option('--long', 'also the pairs that take long', false)
  .option('--rounds <n>', 'measurements of each opponent', count, 6)
  .option('--seconds <n>', 'duration of one measurement', count, 5)
  .option('--list', 'list the pairs')
  .exitOverride()

const say = (line: string) => process.stdout.write(`${line}\n`)
const complain = (line: string) => process.stderr.write(`bench: ${line}\n`)

try {
  const options = program.parse().opts<Options>()
  const pairs = PAIRS.filter(({ name, long }) =>
    options.only === undefined ? options.long || !long : options.only.includes(name),
  )
  process.exitCode = options.list ? list(pairs) : await bench(pairs, options)
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage
  else {
    complain(error instanceof Error ? error.message : String(error))
    process.exitCode = EXIT.invalidRun
  }
}

async function bench(pairs: readonly Pair[], { rounds, seconds }: Options): Promise<number> {
  const interrupt = new AbortController()
  // A second Ctrl-C must not prevent the cleanup.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => interrupt.abort(new Error('interrupted')))
  const { signal } = interrupt
  const tools = findTools()
  for (const line of missingTools(tools)) say(line)
  const folder = fileURLToPath(new URL('../.pushcart/bench', import.meta.url))
  const running = await openBench(folder, { seconds, tools, signal, say })
  try {
    const invalid = await measurePairs(pairs, running, { rounds, seconds, signal, tools, say })
    return invalid.length === 0 ? EXIT.good : EXIT.invalidRun
  } finally {
    await running.close()
  }
}

function list(pairs: readonly Pair[]): number {
  for (const { name, what, long } of PAIRS) {
    say(`${name.padEnd(15)} ${what}${long ? ' (--long)' : ''}`)
  }
  return pairs.length > 0 ? EXIT.good : EXIT.usage
}

function names(text: string): readonly string[] {
  const wanted = text.split(',').map((name) => name.trim())
  const unknown = wanted.find((name) => !PAIRS.some((pair) => pair.name === name))
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no pair "${unknown}"; --list shows all.`)
  return wanted
}

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new InvalidArgumentError('It must be an integer from 1 to 9999.')
  return Number(text)
}
