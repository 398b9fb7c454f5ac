import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { EXIT } from '../../packages/lab/src/errors/exit-codes.ts'
import { openPostgres } from '../support/postgres.ts'
import { findCallgrind, startCounted } from './callgrind.ts'
import { type Profile, readNames, readProfile } from './profile.ts'
import { openReads } from './reads.ts'

/** `node bench/instructions/run.ts`: parsing, Ctrl-C and exit codes, and what is printed. */

interface Options {
  readonly store: 'memory' | 'rows' | 'document'
  readonly warm: number
  readonly requests: number
  readonly top: number
}

/** The lowest count of these is printed, because a major collection may fall into one. */
const TURNS = 3

const program = new Command('instructions')
  .description(
    'Counts the instructions of the service per read of a cart of five lines, by function.',
  )
  .addOption(
    new Option('--store <name>', 'memory, or PostgreSQL with this layout')
      .choices(['memory', 'rows', 'document'])
      .default('document'),
  )
  .option('--warm <n>', 'uncounted requests first, while V8 compiles', count, 30_000)
  .option('--requests <n>', 'counted requests', count, 3000)
  .option('--top <n>', 'functions to print', count, 40)
  .exitOverride()

try {
  process.exitCode = await measure(program.parse().opts<Options>())
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT.usage
  else {
    process.stderr.write(`instructions: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = EXIT.invalidRun
  }
}

async function measure({ store, warm, requests, top }: Options): Promise<number> {
  if (!findCallgrind()) throw new Error('valgrind is not installed (apt-get install valgrind)')
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => interrupt.abort(new Error('interrupted')))
  await using cleanup = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-instructions-'))
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  const settings: Record<string, string> = { CART_STORE_TYPE: 'memory' }
  if (store !== 'memory') {
    const postgres = await openPostgres(join(folder, 'postgres'))
    cleanup.defer(postgres.stop)
    settings.CART_STORE_TYPE = 'postgres'
    settings.DATABASE_URL = await postgres.createDatabase('instructions')
    settings.POSTGRES_LAYOUT = store
  }
  const service = await startCounted({ folder, settings, signal: interrupt.signal })
  cleanup.defer(service.stop)
  const reads = await openReads(service.url, interrupt.signal)
  cleanup.defer(reads.close)
  await reads.send(warm)
  // V8 writes it there, whatever TMPDIR says.
  const names = `/tmp/perf-${service.pid}.map`
  cleanup.defer(() => rm(names, { force: true }))
  const profiles: Profile[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    const file = await service.count(() => reads.send(requests))
    profiles.push(await readProfile(file, readNames(await readFile(names, 'utf8'))))
  }
  const [{ kinds, functions, total }] = profiles.sort((a, b) => a.total - b.total) as [Profile]
  const perRequest = (instructions: number) =>
    Math.round(instructions / requests)
      .toLocaleString('en')
      .padStart(9)
  const say = (instructions: number, name: string) =>
    process.stdout.write(`${perRequest(instructions)}  ${name}\n`)
  for (const [kind, instructions] of kinds) say(instructions, kind)
  say(total, 'in total, without compilation')
  process.stdout.write('\n')
  for (const [name, instructions] of functions.slice(0, top)) say(instructions, name)
  return EXIT.good
}

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It must be an integer from 1.')
  return Number(text)
}
