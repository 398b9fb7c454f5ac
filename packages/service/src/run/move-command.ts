import { Command, InvalidArgumentError, Option } from 'commander'
import { inSnakeCase } from '../common/snake-case.ts'
import { loadConfig } from '../config/config.ts'
import { openDatabaseClock } from '../store/database-clock.ts'
import { leaseOf } from '../store/moving/lease.ts'
import { MOVING_PARTS, type MovingParts } from '../store/moving/moving-parts.ts'
import { openPair, requireDestination } from '../store/open-store.ts'
import type { ActionOptions } from './move/actions.ts'
import { explainMoveFailure, Interrupted } from './move/explain-failure.ts'
import {
  planLines,
  progressLine,
  recordLines,
  resultLines,
  statusLines,
  verifyLines,
} from './move/lines.ts'

const HELP_END = `
The settings of the service name the source; MOVE_TO_* name the destination. docs/moving.md explains the phases.

Exit codes:
  0  done
  1  refused, or a check failed: "finish" found unmoved carts, "verify" missing or different ones
  2  interrupted, or a database did not respond: run the command again
  3  invalid options or settings, or databases that cannot be the two of a move; nothing was touched`

interface Options {
  readonly carts?: number
  readonly units?: number
  readonly workers?: number
  readonly freeze?: boolean
  readonly json?: boolean
}

type Actions = typeof import('./move/actions.ts')

interface Outcome {
  readonly result: object
  /** What is printed without `--json`. */
  readonly lines: readonly string[]
}

type OptionName = 'carts' | 'units' | 'workers' | 'freeze'

interface MoveCommand {
  readonly description: string
  readonly takes: readonly OptionName[]
  run(actions: Actions, options: ActionOptions): Promise<Outcome>
}

function moveAction<R extends object>(
  description: string,
  takes: readonly OptionName[],
  pick: (actions: Actions) => (options: ActionOptions) => Promise<R>,
  linesOf: (result: R) => readonly string[],
): MoveCommand {
  return {
    description,
    takes,
    async run(actions, options) {
      const result = await pick(actions)(options)
      return { result, lines: linesOf(result) }
    },
  }
}

const MOVES: readonly OptionName[] = ['carts', 'units', 'workers']

const ACTIONS: Readonly<Record<string, MoveCommand>> = {
  plan: moveAction(
    'check both databases, count what would move, and name what will not fit; changes nothing',
    ['carts', 'units'],
    (a) => a.planMove,
    planLines,
  ),
  start: moveAction(
    'begin or continue to move all carts to the destination',
    [...MOVES, 'freeze'],
    (a) => a.start,
    resultLines,
  ),
  status: moveAction('show phase, instances and counts', [], (a) => a.status, statusLines),
  pause: moveAction('let all movers wait', [], (a) => a.pause, recordLines),
  resume: moveAction(
    'continue in the direction of the phase, after a pause or an interrupted --freeze too',
    MOVES,
    (a) => a.resume,
    resultLines,
  ),
  verify: moveAction(
    'compare every cart of the source with its image',
    [],
    (a) => a.verifyMove,
    verifyLines,
  ),
  finish: moveAction(
    'serve from the destination only; refused while anything is unmoved',
    MOVES,
    (a) => a.finish,
    recordLines,
  ),
  back: moveAction('return everything to the source', MOVES, (a) => a.back, resultLines),
}

const OPTIONS: Readonly<Record<OptionName, () => Option>> = {
  carts: () =>
    new Option('--carts <n>', 'maximum of carts per second, of all movers together').argParser(
      positive,
    ),
  units: () =>
    new Option(
      '--units <n>',
      'maximum of write units per second (1 KB each), of all movers together',
    ).argParser(positive),
  workers: () =>
    new Option('--workers <n>', 'carts that are moved at the same time')
      .argParser(workers)
      .default(WORKERS),
  freeze: () => new Option('--freeze', 'refuse changes (503) while the carts move, then finish'),
}

const WORKERS = 8

/**
 * `pushcart move`: moves the carts of a running service to another database. Sets the exit code of the process.
 *
 * @param parts replaced to check that a deliberately faulty mover is found
 */
export function moveCommand(parts: MovingParts = MOVING_PARTS): Command {
  const move = new Command('move')
    .description('Move the carts of a running service to another database.')
    .addHelpText('after', HELP_END)
  for (const [name, { description, takes, run }] of Object.entries(ACTIONS)) {
    const command = new Command(name)
      .description(description)
      // As for other commands, whoever parses the arguments decides the exit code of wrong ones.
      .exitOverride()
      .option('--json', 'print one JSON object per line')
      .action((options: Options) => execute(name, run, parts, options))
    for (const option of takes) command.addOption(OPTIONS[option]())
    move.addCommand(command)
  }
  return move
}

/** What continues an interrupted command. */
const CONTINUES: Readonly<Record<string, string>> = {
  start: 'resume',
  resume: 'resume',
  finish: 'finish',
  back: 'back',
}

/** A database that does not respond would hold up an interrupted command by its timeouts. A move may be killed at any point. */
const INTERRUPT_MS = 2000

async function execute(
  name: string,
  run: MoveCommand['run'],
  parts: MovingParts,
  { freeze = false, json = false, workers = WORKERS, ...rates }: Options,
): Promise<void> {
  const stop = new AbortController()
  let isReported = false
  const interrupt = () => {
    stop.abort(new Interrupted(CONTINUES[name]))
    setTimeout(() => {
      if (!isReported) fail(stop.signal.reason)
      process.exit()
    }, INTERRUPT_MS).unref()
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  const print = (line: object) => process.stdout.write(`${JSON.stringify(inSnakeCase(line))}\n`)
  const fail = (error: unknown) => {
    const { line, exitCode } = explainMoveFailure(error, stop.signal)
    process.exitCode = exitCode
    isReported = true
    if (json) print({ type: 'error', exitCode, message: line })
    else process.stderr.write(`pushcart: ${line}\n`)
  }
  try {
    const config = loadConfig(process.env)
    await requireDestination(config)
    const actions = await import('./move/actions.ts')
    const { patientPair } = await import('./move/patient-pair.ts')
    const opened = await openPair(config)
    const pair = patientPair(parts.pair(opened), { signal: stop.signal })
    try {
      const clock = openDatabaseClock(() => pair.source.ping())
      await clock.sync()
      const { result, lines } = await run(actions, {
        ...rates,
        workers,
        pair,
        freeze,
        times: leaseOf(config.MOVE_LEASE_MS),
        now: clock.now,
        signal: stop.signal,
        waiting: (waiting) =>
          json
            ? print({ type: 'waiting', ...waiting })
            : note(
                `waiting until ${waiting.instances} more of the instances and movers act by phase ${waiting.phase}`,
              ),
        progress: (progress) =>
          json ? print({ type: 'progress', ...progress }) : note(progressLine(progress)),
      })
      isReported = true
      if (json) print({ type: name, ...result })
      else process.stdout.write(`${lines.join('\n')}\n`)
      if ('ok' in result && result.ok === false) process.exitCode = 1
    } finally {
      await opened.source.close()
      await opened.destination.close()
    }
  } catch (error) {
    fail(error)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

let noted = ''
/** Progress goes to the terminal's error stream, so that the result alone is on the output. */
function note(line: string): void {
  if (line !== noted) process.stderr.write(`${line}\n`)
  noted = line
}

function positive(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (!(number > 0 && number <= 1_000_000))
    throw new InvalidArgumentError('It must be a number above 0, at most 1000000.')
  return number
}

function workers(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > 256) throw new InvalidArgumentError('It must be 1 to 256.')
  return count
}
