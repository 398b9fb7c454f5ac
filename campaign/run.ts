import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { EXIT, EXIT_MEANINGS, type ExitCode } from '../packages/lab/src/errors/exit-codes.ts'
import { UsageError } from '../packages/lab/src/errors/usage-error.ts'
import { createRandom } from '../packages/lab/src/random/random.ts'
import { describeMachine } from '../packages/lab/src/results/machine.ts'
import { addToFolder, checkFolder } from './add-up.ts'
import type { Store } from './database.ts'
import { type Found, outcomeOf, skipped } from './found.ts'
import { type CampaignResult, terminalLines, writeReport } from './report.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios/index.ts'

/**
 * `npm run campaign [-- NAME...]`: injects faults into the service, its workers and its databases while concurrent clients
 * are recorded, and checks that nothing that was acknowledged was lost, doubled or read wrongly. Needs Linux.
 */
interface Options {
  readonly minutes: number
  readonly seed: number
  readonly times: number
  readonly store?: Store
  readonly layout?: 'rows' | 'document'
  readonly output: string
  readonly add?: true
}

const RESULTS = fileURLToPath(new URL('../results/campaign', import.meta.url))

const program = new Command('npm run campaign --')
  .description(
    'Injects faults and checks that no acknowledged change is lost, doubled or read wrongly.',
  )
  .argument('[names...]', `parts to run (all): ${SCENARIOS.map(({ name }) => name).join(', ')}`)
  .option('--minutes <n>', 'time for each part on each store', number(0.05, 1440), 1)
  .option('--times <n>', 'maximum number of faults of each part', number(1, 1_000_000), 1_000_000)
  .option('--seed <n>', 'seed of the clients and of the faults', number(0, 2 ** 53 - 1), 1)
  .option('--store <name>', 'only this store: postgres or dynamodb', storeOf)
  .option('--layout <name>', 'layout of PostgreSQL (POSTGRES_LAYOUT): rows or document', layoutOf)
  .option('--output <folder>', 'folder for campaign.json and campaign.html', RESULTS)
  .option('--add', 'add this run to the result in that folder')
  .addHelpText('after', () => `\n${helpEnd()}`)
  .exitOverride()
  .action(async (names: string[], options: Options) => {
    const unknown = names.find((name) => !SCENARIOS.some((one) => one.name === name))
    if (unknown !== undefined) {
      program.error(
        `unknown part "${unknown}"; expected one of ${SCENARIOS.map(({ name }) => name).join(', ')}`,
      )
    }
    const chosen = SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name))
    process.exitCode = await campaign(chosen, options)
  })

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = EXIT.usage
  } else if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.good : EXIT.usage
  } else throw error
}

async function campaign(chosen: readonly Scenario[], options: Options): Promise<ExitCode> {
  const { minutes, seed, output, layout, add } = options
  if (add === true) await checkFolder(output, layout)
  if (layout !== undefined) process.env.POSTGRES_LAYOUT = layout
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
  const started_at = new Date().toISOString()
  const found: Found[] = []
  for (const scenario of chosen)
    for (const store of scenario.stores) {
      if (interrupted.signal.aborted || (options.store ?? store) !== store) continue
      process.stderr.write(`${scenario.name} on ${store}: ${scenario.about}\n`)
      found.push(...(await runOne(scenario, store, options, interrupted.signal)))
    }
  const machine = describeMachine()
  const run: CampaignResult = {
    format: 'pushcart-campaign',
    started_at,
    seed,
    runs: 1,
    minutes,
    ...(layout === undefined ? {} : { layout }),
    machine,
    found,
  }
  const result = add === true ? await addToFolder(output, run) : run
  const url = await writeReport(output, result)
  for (const line of terminalLines(result.found)) process.stdout.write(`${line}\n`)
  process.stdout.write(`Report: ${url}\n`)
  return exitCodeOf(result.found, interrupted.signal.aborted)
}

async function runOne(
  scenario: Scenario,
  store: Store,
  { minutes, seed, times }: Options,
  signal: AbortSignal,
): Promise<Found[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pushcart-campaign-'))
  // If we are root, PostgreSQL runs as another user, who must be able to enter this folder.
  await chmod(folder, 0o711)
  try {
    const random = createRandom(seed, `campaign ${scenario.name} ${store}`)
    return await scenario.run({ store, folder, seconds: minutes * 60, times, seed, random, signal })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${scenario.name} on ${store}: ${why}\n`)
    return [
      skipped(scenario.name, store, scenario.about, `could not be run: ${why.split('\n')[0]}`),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** A failure wins over what could not be decided. Parts for which a program is not installed are no failure. */
function exitCodeOf(found: readonly Found[], isInterrupted: boolean): ExitCode {
  const outcomes = found.map(outcomeOf)
  if (outcomes.includes('failed')) return EXIT.checkFailed
  const isDecided = outcomes.includes('passed') && !isInterrupted
  const isWhole = found.every((one) => outcomeOf(one) === 'passed' || isNotInstalled(one))
  return isDecided && isWhole ? EXIT.good : EXIT.invalidRun
}

function isNotInstalled({ skipped: why }: Found): boolean {
  return why !== undefined && /is not installed|may not be (mounted|created)/.test(why)
}

function number(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= min && value <= max))
      throw new InvalidArgumentError(`must be from ${min} to ${max}.`)
    return value
  }
}

function storeOf(text: string): Store {
  if (text === 'postgres' || text === 'dynamodb') return text
  throw new InvalidArgumentError('must be postgres or dynamodb.')
}

function layoutOf(text: string): 'rows' | 'document' {
  if (text === 'rows' || text === 'document') return text
  throw new InvalidArgumentError('must be rows or document.')
}

function helpEnd(): string {
  const parts = SCENARIOS.map(({ name, about }) => `  ${name.padEnd(17)}${about}`)
  const codes = Object.entries(EXIT_MEANINGS).map(([code, meaning]) => `  ${code}  ${meaning}`)
  return ['Parts:', ...parts, '', 'Exit codes:', ...codes].join('\n')
}
